"""Short picks: the shelf holds less than the books say, and the picker goes on with what is there."""

from __future__ import annotations

from typing import Any

from mock_systems.kit.turn import Turn
from mock_systems.wms.books import OutboundOrder, SiteBooks
from mock_systems.wms.stock import move_stock
from mock_systems.wms.wire import Line, ShortReason

_DAMAGED = 0.3  # of the short picks; the rest is not found


def draw_shorts(outbound: OutboundOrder, share: float, turn: Turn) -> list[Line]:
    """What the picker doesn't find of each line, drawn by the outbound order's reference."""
    fraction = turn.streams.fraction
    short: list[Line] = []
    for line in outbound.reservation.lines:
        number, quantity = line["line"], line["quantity"]
        if fraction("short-pick", outbound.reference, number) < share:
            missing = 1 + int(fraction("short-pick-quantity", outbound.reference, number) * quantity)
            short.append({"line": number, "sku": line["sku"], "quantity": missing})
    return short


def take_short(place: SiteBooks, outbound: OutboundOrder, short: list[Line], turn: Turn) -> None:
    """Book what is missing: it leaves the reservation and the stock, and the shipment goes on without it."""
    reservation = outbound.reservation
    reason = _reason(outbound, turn)
    missing = {line["line"]: line["quantity"] for line in short}
    outbound.short = [*outbound.short, *short]
    outbound.short_reason = reason
    left = [{**line, "quantity": line["quantity"] - missing.get(line["line"], 0)} for line in reservation.lines]
    reservation.lines = [line for line in left if line["quantity"]]  # type: ignore[misc]
    data = {"site": reservation.site, "lines": short, "reason": reason}
    turn.fact("short_pick.reported", outbound.outbound_order, outbound.order, data)
    moves: list[dict[str, Any]] = []
    for line in short:
        sku, quantity = line["sku"], line["quantity"]
        row = place.stock[sku]
        reservation.quantities[sku] -= quantity
        row.reserved -= quantity
        gone = min(quantity, max(0, row.on_hand))  # an earlier count may have taken it off already
        if gone:
            told = {"from_reserved": quantity}
            moves.append(move_stock(row, -gone, "adjust", outbound.reference, outbound.order, turn, **told))
    if moves:
        turn.notify("stock.moved", outbound.outbound_order, outbound.order, {"moves": moves})


def _reason(outbound: OutboundOrder, turn: Turn) -> ShortReason:
    damaged = turn.streams.fraction("short-pick-reason", outbound.reference) < _DAMAGED
    return "damaged" if damaged else "not-found"
