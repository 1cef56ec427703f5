"""Cycle counts: recorded by the floor, approved or rejected by whoever answers for the books."""

from __future__ import annotations

from mock_systems.kit.listing import ListQuery
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply
from mock_systems.wms.books import WmsBooks
from mock_systems.wms.count_book import Count
from mock_systems.wms.stock import move_stock


def record_count(books: WmsBooks, count: Count, turn: Turn) -> None:
    """Keep what a counter found. What is missing is blocked at once: promised goods must be there when they ship."""
    count.recorded_at_us = turn.now_us
    books.counts.counts[count.count] = count
    books.counts.changes.note(count.count)
    books.sites[count.site].stock[count.sku].blocked += count.missing
    data = {
        "site": count.site,
        "sku": count.sku,
        "counted": count.counted,
        "book": count.book,
        "as_of": count.as_of,
    }
    turn.fact("count.recorded", count.count, None, data)
    turn.notify("count.recorded", count.count, None, count.view())


def list_counts(books: WmsBooks, turn: Turn) -> Reply:
    """Counts by their latest change."""
    query: ListQuery = turn.query
    page = books.counts.changes.page(query.cursor, query.limit)
    items = [books.counts.counts[number].view() for number in page.entities]
    return Reply(200, {"items": items, "next_cursor": page.next_cursor, "has_more": page.has_more})


def get_count(books: WmsBooks, turn: Turn) -> Reply:
    """One count as it is now."""
    return Reply(200, _count(books, turn).view())


def approve_count(books: WmsBooks, turn: Turn) -> Reply:
    """Change the book by the quantity that the caller says, whatever was counted; once, and then not again."""
    count = _count(books, turn)
    quantity: int = turn.body.quantity
    if count.state == "approved" and count.approved == quantity:
        return Reply(200, count.view())
    if count.state != "recorded":
        raise Refusal(409, "already-decided", f"{count.count} is {count.state}", approved=count.approved)
    count.approved = quantity
    _decide(books, count, "approved")
    turn.fact("count.approved", count.count, None, {"site": count.site, "sku": count.sku, "quantity": quantity})
    if quantity:
        row = books.sites[count.site].stock[count.sku]
        told = {"from_blocked": count.missing} if count.missing else {}
        move = move_stock(row, quantity, "count", count.count, None, turn, **told)
        turn.notify("stock.moved", count.count, None, {"moves": [move]})
    return Reply(200, count.view())


def reject_count(books: WmsBooks, turn: Turn) -> Reply:
    """Leave the book as it is, and have the item counted again; a second time changes nothing."""
    count = _count(books, turn)
    if count.state == "rejected":
        return Reply(200, count.view())
    if count.state != "recorded":
        raise Refusal(409, "already-decided", f"{count.count} is {count.state}", approved=count.approved)
    _decide(books, count, "rejected")
    books.counts.again.setdefault(count.site, []).append(count.sku)
    data = {"site": count.site, "sku": count.sku, "reason": turn.body.reason}
    turn.fact("count.rejected", count.count, None, data)
    return Reply(200, count.view())


def _decide(books: WmsBooks, count: Count, state: str) -> None:
    count.state = "approved" if state == "approved" else "rejected"
    books.sites[count.site].stock[count.sku].blocked -= count.missing
    books.counts.pending.pop((count.site, count.sku), None)
    books.counts.changes.note(count.count)


def _count(books: WmsBooks, turn: Turn) -> Count:
    number = turn.params["count"]
    count = books.counts.counts.get(number)
    if count is None:
        raise Refusal(404, "unknown-count", f"there is no count {number}")
    return count
