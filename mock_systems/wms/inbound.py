"""Inbound orders: deliveries announced to a site, and goods that came without."""

from __future__ import annotations

from functools import partial

from mock_systems.kit.consignment import Consignment
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply
from mock_systems.wms.announced import take_waiting
from mock_systems.wms.books import WmsBooks
from mock_systems.wms.inbound_book import InboundOrder
from mock_systems.wms.inbound_wire import InboundQuery, NewInbound, ReceivedLine
from mock_systems.wms.stock import move_stock


def announce_inbound(books: WmsBooks, turn: Turn) -> Reply:
    """Tell a site what is coming. The same ship notice again makes a second inbound order: a bad habit."""
    body: NewInbound = turn.body
    place = books.place_for(body.site, body.lines)
    place.inbound_orders += 1
    number = f"INB-{body.site}-{place.inbound_orders:06d}"
    parent = body.traceparent
    trace = parent[3:35] if parent else turn.trace
    inbound = InboundOrder(number, body.asn, body.purchase_order, body.site, body.lines, parent, trace, turn.now_us)
    books.inbound.add(inbound)
    data = {"asn": body.asn, "purchase_order": body.purchase_order, "site": body.site, "lines": body.lines}
    turn.fact("inbound.announced", number, None, data, trace)
    reply = Reply(201, inbound.view(), {"location": f"/inbound-orders/{number}"})
    consignment = take_waiting(place.yard, inbound.asn)
    if consignment is not None:
        books.unload(inbound, consignment)
    return reply


def get_inbound(books: WmsBooks, turn: Turn) -> Reply:
    """One inbound order as it is now."""
    number = turn.params["inbound_order"]
    inbound = books.inbound.all.get(number)
    if inbound is None:
        raise Refusal(404, "unknown-inbound-order", f"there is no inbound order {number}")
    return Reply(200, inbound.view())


def list_inbound(books: WmsBooks, turn: Turn) -> Reply:
    """Inbound orders by their latest change; with a ship notice, those that were announced for it, oldest first."""
    query: InboundQuery = turn.query
    return books.inbound.listed(query.asn, query)


def arrive(books: WmsBooks, consignment: Consignment, turn: Turn) -> None:
    """A truck is at the dock: its goods are unloaded where they are announced, and wait in the yard where not.

    Raises ValueError for a site that isn't there.
    """
    place = books.sites.get(consignment.site)
    if place is None:
        raise ValueError(f"no truck can arrive at {consignment.site}, which is no site of the WMS")
    inbound = books.inbound.awaiting(consignment.asn, consignment.site)
    data = {
        "purchase_order": consignment.purchase_order,
        "site": consignment.site,
        "lines": [{"line": line.line, "sku": line.sku, "quantity": line.quantity} for line in consignment.lines],
        "announced": inbound is not None,
    }
    turn.fact("consignment.arrived", consignment.asn, None, data, inbound.trace if inbound is not None else None)
    if inbound is None:
        place.yard.setdefault(consignment.asn, []).append(consignment)
    else:
        books.unload(inbound, consignment)


def receive(books: WmsBooks, inbound: InboundOrder, consignment: Consignment, turn: Turn) -> None:
    """Book what was counted at the dock, whatever was announced; damaged goods are not put on the shelf."""
    inbound.received = _counted(inbound, consignment)
    books.inbound.enter(inbound, "received", turn.now_us)
    number, site = inbound.inbound_order, inbound.site
    data = {
        "asn": inbound.asn,
        "purchase_order": inbound.purchase_order,
        "site": site,
        "lines": inbound.received,
    }
    turn.fact("inbound.received", number, None, data)
    turn.notify("inbound.received", number, None, inbound.view())
    stock = books.sites[site].stock
    book = partial(move_stock, reason="receipt", reference=number, order=None, turn=turn)
    moves = [book(stock[line["sku"]], line["quantity"]) for line in inbound.received if line["quantity"]]
    if moves:
        turn.notify("stock.moved", number, None, {"moves": moves})


def _counted(inbound: InboundOrder, consignment: Consignment) -> list[ReceivedLine]:
    came = {line.line: line for line in consignment.lines}
    counted: list[ReceivedLine] = []
    for line in inbound.lines:
        found = came.pop(line["line"], None)
        quantity, damaged = (found.quantity, found.damaged) if found is not None else (0, 0)
        counted.append(_line(line["line"], line["sku"], quantity, line["quantity"], damaged))
    return counted + [_line(line.line, line.sku, line.quantity, 0, line.damaged) for line in came.values()]


def _line(line: int, sku: str, quantity: int, announced: int, damaged: int) -> ReceivedLine:
    return {"line": line, "sku": sku, "quantity": quantity, "announced": announced, "damaged": damaged}
