"""Outbound orders: what the floor is told to ship, from the release to the label."""

from __future__ import annotations

from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply, problem
from mock_systems.wms.books import OutboundOrder, Reservation, WmsBooks
from mock_systems.wms.reservations import give_free
from mock_systems.wms.wire import LabelToAttach, NewOutbound, OutboundQuery


def release_outbound(books: WmsBooks, turn: Turn) -> Reply:
    """Hand a reservation to the floor, which takes it with the next wave."""
    body: NewOutbound = turn.body
    reservation = _free_reservation(books, body)
    place = books.sites[reservation.site]
    place.outbound_orders += 1
    number = f"OUT-{reservation.site}-{place.outbound_orders:06d}"
    parent = body.traceparent
    trace = parent[3:35] if parent else turn.trace
    now_us = turn.now_us
    outbound = OutboundOrder(
        number, reservation, body.reference, body.order, body.ship_to, parent, trace, now_us, now_us
    )
    reservation.outbound_order = number
    books.outbound_orders[number] = outbound
    books.outbound_by_reference.setdefault(body.reference, []).append(outbound)
    books.enter(outbound, "received", now_us)
    place.received.append(outbound)
    data = {
        "site": reservation.site,
        "reservation": reservation.reservation,
        "lines": reservation.lines,
        "ship_to": body.ship_to,
    }
    turn.fact("outbound.received", number, body.order, data, trace)
    return Reply(201, outbound.view(), {"location": f"/outbound-orders/{number}"})


def get_outbound(books: WmsBooks, turn: Turn) -> Reply:
    """One outbound order as it is now."""
    return Reply(200, _outbound(books, turn).view())


def list_outbound(books: WmsBooks, turn: Turn) -> Reply:
    """Outbound orders by their latest change; with a reference, those that have it, oldest first."""
    query: OutboundQuery = turn.query
    if query.reference is not None:
        found = books.outbound_by_reference.get(query.reference, ())
        return Reply(200, {"items": [outbound.view() for outbound in found], "next_cursor": None, "has_more": False})
    page = books.changes.page(query.cursor, query.limit)
    items = [books.outbound_orders[number].view() for number in page.entities]
    return Reply(200, {"items": items, "next_cursor": page.next_cursor, "has_more": page.has_more})


def cancel_outbound(books: WmsBooks, turn: Turn) -> Reply:
    """Take an outbound order back before its wave, and give its stock free; a second time changes nothing."""
    outbound = _outbound(books, turn)
    if outbound.state == "cancelled":
        return Reply(200, outbound.view())
    if outbound.state != "received":
        # A reply, not a Refusal: the ledger keeps that it happened.
        data = {"state": outbound.state}
        turn.fact("outbound.cancel_refused", outbound.outbound_order, outbound.order, data, outbound.trace)
        detail = f"{outbound.outbound_order} is {outbound.state}: its wave was released to the floor"
        return problem(409, "after-release", detail, state=outbound.state)
    reason: str = turn.body.reason
    books.enter(outbound, "cancelled", turn.now_us)
    turn.fact("outbound.cancelled", outbound.outbound_order, outbound.order, {"reason": reason}, outbound.trace)
    give_free(books, outbound.reservation, reason, turn)
    return Reply(200, outbound.view())


def attach_label(books: WmsBooks, turn: Turn) -> Reply:
    """Stick a label on a packed parcel; the same one again changes nothing."""
    outbound = _outbound(books, turn)
    body: LabelToAttach = turn.body
    if outbound.label is not None:
        if outbound.label == body.label and outbound.tracking == body.tracking:
            return Reply(200, outbound.view())
        raise Refusal(409, "already-labelled", f"{outbound.outbound_order} carries {outbound.label}")
    if outbound.state != "packed":
        raise Refusal(409, "not-packed", f"{outbound.outbound_order} is {outbound.state}: there is no parcel yet")
    outbound.label = body.label
    outbound.tracking = body.tracking
    books.enter(outbound, "labelled", turn.now_us)
    books.sites[outbound.reservation.site].labelled.append(outbound)
    data = {"label": body.label, "tracking": body.tracking}
    turn.fact("outbound.labelled", outbound.outbound_order, outbound.order, data, outbound.trace)
    return Reply(200, outbound.view())


def _free_reservation(books: WmsBooks, body: NewOutbound) -> Reservation:
    number = body.reservation
    reservation = books.reservations.get(number)
    if reservation is None:
        raise Refusal(422, "unknown-reservation", f"there is no reservation {number}", reservation=number)
    if reservation.order != body.order:
        raise Refusal(422, "order-mismatch", f"{number} is kept for {reservation.order}, not for {body.order}")
    if reservation.outbound_order is not None:
        raise Refusal(409, "in-use", f"{number} is held by {reservation.outbound_order}")
    if reservation.state != "open":
        raise Refusal(409, "reservation-released", f"{number} was released: its stock is free for others")
    return reservation


def _outbound(books: WmsBooks, turn: Turn) -> OutboundOrder:
    number = turn.params["outbound_order"]
    outbound = books.outbound_orders.get(number)
    if outbound is None:
        raise Refusal(404, "unknown-outbound-order", f"there is no outbound order {number}")
    return outbound
