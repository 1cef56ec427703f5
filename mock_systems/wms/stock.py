"""Stock as it lies on the shelf: each movement is counted per site and item, and told with its balances."""

from __future__ import annotations

from typing import Any, Literal

from mock_systems.kit.listing import ListQuery, page_by_position, page_of_log
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Reply
from mock_systems.wms.books import Balance, OutboundOrder, SiteBooks, WmsBooks


def open_stock(books: WmsBooks, turn: Turn) -> None:
    """Write the opening balance of every item at every site."""
    for row in books.balances:
        data = {"site": row.site, "sku": row.sku, "quantity": row.on_hand}
        turn.fact("stock.opened", f"{row.site}/{row.sku}", None, data)


def list_stock(books: WmsBooks, turn: Turn) -> Reply:
    """A page of all stock as it is now, by site and sku."""
    query: ListQuery = turn.query
    rows, next_cursor = page_by_position(books.balances, query.cursor, query.limit)
    return Reply(200, {"items": [row.view() for row in rows], "next_cursor": next_cursor})


def list_movements(books: WmsBooks, turn: Turn) -> Reply:
    """A page of all moves but shipments, in the order in which they were booked."""
    query: ListQuery = turn.query
    page = page_of_log(books.movements, query.cursor, query.limit)
    return Reply(200, {"items": list(page.rows), "next_cursor": page.next_cursor, "has_more": page.has_more})


def ship_stock(place: SiteBooks, outbound: OutboundOrder, turn: Turn) -> None:
    """Take what an outbound order reserved off the shelf, one move for each item, and consume the reservation."""
    reservation = outbound.reservation
    moves: list[dict[str, Any]] = []
    for sku, quantity in reservation.quantities.items():
        row = place.stock[sku]
        row.reserved -= quantity
        moves.append(move_stock(row, -quantity, "ship", outbound.reference, outbound.order, turn))
    reservation.state = "consumed"
    turn.notify("stock.moved", outbound.outbound_order, outbound.order, {"moves": moves})


def adjust_stock(
    books: WmsBooks, site: str, sku: str, quantity: int, reason: Literal["adjust", "receipt"], turn: Turn
) -> None:
    """Book a count's difference or a receipt. Raises ValueError for what cannot be meant; nothing is booked then."""
    place = books.sites.get(site)
    if place is None or sku not in place.stock:
        raise ValueError(f"the WMS keeps no stock of {site}/{sku}")
    row = place.stock[sku]
    if quantity == 0:
        raise ValueError(f"an adjustment of {site}/{sku} by nothing is none")
    if quantity < 0 and row.on_hand + quantity < 0:
        raise ValueError(f"{site}/{sku} has {row.on_hand} on hand: no count finds less than nothing ({quantity:+d})")
    place.adjustments += 1
    reference = f"ADJ-{site}-{place.adjustments:06d}"
    moves = [move_stock(row, quantity, reason, reference, None, turn)]
    turn.notify("stock.moved", reference, None, {"moves": moves})


def move_stock(
    row: Balance, quantity: int, reason: str, reference: str, order: str | None, turn: Turn, **told: int
) -> dict[str, Any]:
    """Book one movement of a signed quantity; what was `told` besides stands in it."""
    row.on_hand += quantity
    row.sequence += 1
    move = {
        "site": row.site,
        "sku": row.sku,
        "quantity": quantity,
        "reason": reason,
        "sequence": row.sequence,
        "on_hand": row.on_hand,
        "reserved": row.reserved,
        "reference": reference,
        **told,
    }
    turn.fact("stock.moved", f"{row.site}/{row.sku}", order, move)
    if reason != "ship":
        row.log.append({"movement": f"{row.site}/{row.sku}/{row.sequence}", **move})
    return move
