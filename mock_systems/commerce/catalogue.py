"""The catalogue: what the shop lists, at which price, in which case size. Whoever knows better tells it by version."""

from __future__ import annotations

from bisect import insort
from dataclasses import replace

from mock_systems.commerce.books import Books, Json, Shelf
from mock_systems.commerce.catalogue_wire import CatalogueChange
from mock_systems.kit.listing import ListQuery, page_by_key
from mock_systems.kit.opening import Item
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def change_item(books: Books, turn: Turn) -> Reply:
    """Show an item as told, or list a new one. A version that is not newer than the shop's changes nothing."""
    told: CatalogueChange = turn.body
    sku = turn.params["sku"]
    if told.version <= books.item_versions.get(sku, 0):
        return Reply(200, {"sku": sku, "status": "stale"})
    known = books.items.get(sku)
    if known is None:
        books.items[sku] = Item(sku, told.name, told.price_minor, 0, 0, pack=told.pack)
        books.shelves[sku] = Shelf(sku)
        insort(books.skus, sku)
        turn.fact("item.listed", sku, None, {"name": told.name, "price_minor": told.price_minor})
    else:
        books.items[sku] = replace(known, name=told.name, price_minor=told.price_minor, pack=told.pack)
    books.item_versions[sku] = told.version
    if told.listed:
        books.unlisted.pop(sku, None)
    else:
        books.unlisted[sku] = None
    turn.fact("item.changed", sku, None, told.model_dump())
    return Reply(200, {"sku": sku, "status": "ok"})


def get_item(books: Books, turn: Turn) -> Reply:
    """One item as the shop shows it."""
    sku = turn.params["sku"]
    if sku not in books.items:
        raise Refusal(404, "unknown-item", f"the shop doesn't list {sku}", sku=sku)
    return Reply(200, _shown(books, sku))


def list_catalogue(books: Books, turn: Turn) -> Reply:
    """The catalogue, by sku; what is not listed any more is shown as such."""
    query: ListQuery = turn.query
    skus, next_cursor = page_by_key(books.skus, query.cursor, query.limit)
    return Reply(200, {"items": [_shown(books, sku) for sku in skus], "next_cursor": next_cursor})


def _shown(books: Books, sku: str) -> Json:
    item = books.items[sku]
    return {
        "sku": sku,
        "version": books.item_versions.get(sku, 0),
        "name": item.name,
        "price_minor": item.price_minor,
        "currency": books.currency,
        "pack": item.pack,
        "listed": sku not in books.unlisted,
    }
