"""Published stock: absolute quantities with versions, told by whoever knows."""

from __future__ import annotations

from mock_systems.commerce.books import Books, Json, published_data
from mock_systems.commerce.wire import PublishedItem, PublishStock
from mock_systems.kit.listing import ListQuery, page_by_key
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Reply


def publish_stock(books: Books, turn: Turn) -> Reply:
    """Replace published quantities; one that is not newer than what the shop has changes nothing."""
    told: PublishStock = turn.body
    watermark = told.watermark
    items = [{"sku": item["sku"], "status": _publish(books, turn, item, watermark)} for item in told.items]
    return Reply(200, {"items": items})


def _publish(books: Books, turn: Turn, item: PublishedItem, watermark: int) -> str:
    shelf = books.shelves.get(item["sku"])
    if shelf is None:
        return "unknown"
    if item["version"] <= shelf.version:
        return "stale"
    shelf.publish(item["quantity"], item["version"], watermark)
    turn.fact("stock.published", shelf.sku, None, published_data(shelf))
    return "ok"


def list_stock(books: Books, turn: Turn) -> Reply:
    """Published stock and what is available of it, by sku."""
    query: ListQuery = turn.query
    skus, next_cursor = page_by_key(books.skus, query.cursor, query.limit)
    items: list[Json] = [{"sku": sku, **published_data(books.shelves[sku])} for sku in skus]
    return Reply(200, {"items": items, "next_cursor": next_cursor})
