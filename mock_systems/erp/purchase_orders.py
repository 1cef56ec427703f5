"""Purchase orders and ship notices: shown, listed, and closed short."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_systems.erp.purchasing import PurchaseOrder
from mock_systems.kit.listing import page_of_log
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

if TYPE_CHECKING:
    from mock_systems.erp.books import Books


def get_purchase_order(books: Books, turn: Turn) -> Reply:
    """Operation getPurchaseOrder."""
    return Reply(200, _in_path(books, turn).view())


def list_purchase_orders(books: Books, turn: Turn) -> Reply:
    """Operation listPurchaseOrders."""
    purchasing = books.purchasing
    page = purchasing.changes.page(turn.query.cursor, turn.query.limit)
    items = [purchasing.orders[number].view() for number in page.entities]
    return Reply(200, {"items": items, "next_cursor": page.next_cursor, "has_more": page.has_more})


def close_purchase_order(books: Books, turn: Turn) -> Reply:
    """Operation closePurchaseOrder. What is outstanding is given up; a second time changes nothing."""
    order = _in_path(books, turn)
    if order.status == "open":
        books.purchasing.short.update(dict.fromkeys((order.site, line["sku"]) for line in order.outstanding()))
        close(books, order, turn.body.reason, turn)
    return Reply(200, order.view())


def close(books: Books, order: PurchaseOrder, reason: str, turn: Turn) -> None:
    """Close an open order; what is still outstanding is no longer reckoned with."""

    def act() -> None:
        order.status = "closed"

    outstanding = order.outstanding()
    books.purchasing.change(order, act)
    data = {"reason": reason, "outstanding": outstanding}
    turn.fact("purchase_order.closed", order.purchase_order, None, data, order.trace)


def list_ship_notices(books: Books, turn: Turn) -> Reply:
    """Operation listShipNotices."""
    page = page_of_log(books.purchasing.notices, turn.query.cursor, turn.query.limit)
    return Reply(200, {"items": list(page.rows), "next_cursor": page.next_cursor, "has_more": page.has_more})


def _in_path(books: Books, turn: Turn) -> PurchaseOrder:
    number = turn.params["purchase_order"]
    order = books.purchasing.orders.get(number)
    if order is None:
        raise Refusal(404, "unknown-purchase-order", f"no purchase order {number}", purchase_order=number)
    return order
