"""Items: the ERP's master data of what is sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

if TYPE_CHECKING:
    from mock_systems.erp.books import Books


def get_item(books: Books, turn: Turn) -> Reply:
    """Operation getItem."""
    sku = turn.params["sku"]
    item = books.items.get(sku)
    if item is None:
        raise Refusal(404, "unknown-item", f"no item {sku}", sku=sku)
    body = {
        "sku": item.sku,
        "name": item.name,
        "price_minor": item.price_minor,
        "floor_minor": item.floor_minor,
        "substitute": item.substitute,
    }
    return Reply(200, body)
