"""Reservations: stock kept for an order, all of it or none."""

from __future__ import annotations

from typing import Any

from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply
from mock_systems.wms.books import Reservation, SiteBooks, WmsBooks
from mock_systems.wms.wire import Line, NewReservation


def reserve(books: WmsBooks, turn: Turn) -> Reply:
    """Keep all lines at one site. The same reference again makes a second reservation: a bad habit."""
    body: NewReservation = turn.body
    place = books.place_at(body.site)
    quantities = _quantities(place, body.lines)
    if short := _short(place, quantities):
        raise Refusal(409, "insufficient-stock", f"{body.site} is short of {len(short)} items", short=short)
    for sku, quantity in quantities.items():
        place.stock[sku].reserved += quantity
    place.reservations += 1
    number = f"RES-{body.site}-{place.reservations:06d}"
    made = Reservation(number, body.reference, body.order, body.site, body.lines, quantities)
    books.reservations[number] = made
    books.reservations_by_reference.setdefault(body.reference, []).append(made)
    turn.fact("reservation.made", number, body.order, {"site": body.site, "lines": body.lines})
    return Reply(201, made.view(), {"location": f"/reservations/{number}"})


def find_reservations(books: WmsBooks, turn: Turn) -> Reply:
    """All reservations with one reference, oldest first."""
    found = books.reservations_by_reference.get(turn.query.reference, ())
    return Reply(200, {"items": [reservation.view() for reservation in found], "next_cursor": None})


def get_reservation(books: WmsBooks, turn: Turn) -> Reply:
    """One reservation as it is now."""
    return Reply(200, _reservation(books, turn).view())


def release_reservation(books: WmsBooks, turn: Turn) -> Reply:
    """Give the stock free again; a second time changes nothing."""
    reservation = _reservation(books, turn)
    if reservation.outbound_order is not None:
        raise Refusal(409, "in-use", f"{reservation.reservation} is held by {reservation.outbound_order}")
    if reservation.state == "open":
        give_free(books, reservation, turn.body.reason, turn)
    return Reply(200, reservation.view())


def give_free(books: WmsBooks, reservation: Reservation, reason: str, turn: Turn) -> None:
    """End an open reservation: what it kept may be reserved by others."""
    stock = books.sites[reservation.site].stock
    for sku, quantity in reservation.quantities.items():
        stock[sku].reserved -= quantity
    reservation.state = "released"
    reservation.outbound_order = None
    data = {"site": reservation.site, "lines": reservation.lines, "reason": reason}
    turn.fact("reservation.released", reservation.reservation, reservation.order, data)


def _reservation(books: WmsBooks, turn: Turn) -> Reservation:
    number = turn.params["reservation"]
    reservation = books.reservations.get(number)
    if reservation is None:
        raise Refusal(404, "unknown-reservation", f"there is no reservation {number}")
    return reservation


def _quantities(place: SiteBooks, lines: list[Line]) -> dict[str, int]:
    """What the lines ask for, summed up for each item."""
    quantities: dict[str, int] = {}
    stock = place.stock
    for line in lines:
        sku = line["sku"]
        if sku not in stock:
            raise Refusal(422, "unknown-item", f"{sku} is no item of this warehouse system", sku=sku)
        quantities[sku] = quantities.get(sku, 0) + line["quantity"]
    return quantities


def _short(place: SiteBooks, quantities: dict[str, int]) -> list[dict[str, Any]]:
    short: list[dict[str, Any]] = []
    for sku, quantity in quantities.items():
        row = place.stock[sku]
        available = row.on_hand - row.reserved - row.blocked
        if quantity > available:
            short.append({"sku": sku, "requested": quantity, "available": max(available, 0)})
    return short
