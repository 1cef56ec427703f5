"""Changes of sales orders: other lines, another address, while what has left stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.erp import wire
from mock_systems.erp.books import CLOSED, INVOICED, OPEN, SHIPPED, Books, SalesOrder
from mock_systems.erp.order_lines import as_shown
from mock_systems.erp.sales_orders import in_path, priced, shown
from mock_systems.kit.money import PricedLine
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def change_sales_order(books: Books, turn: Turn) -> Reply:
    """Operation changeSalesOrder: all lines as they are from now on. The same revision again changes nothing."""
    body: wire.ChangedSalesOrder = turn.body
    order = in_path(books, turn)
    if order.status in CLOSED:
        raise Refusal(409, "sales-order-closed", f"{order.sales_order} is {order.status}")
    if body.revision <= order.revision:
        return _known(order, body)
    by_line, total_minor = priced(books, body.lines, body.ship_to["country"])
    for done, what in ((order.issued, "goods-issued"), (order.invoiced, "already-invoiced")):
        _check_done(order, by_line, done, what)
    order.revision, order.ship_to, order.changed_at_us = body.revision, body.ship_to, turn.now_us
    order.lines, order.by_line, order.total_minor = list(by_line.values()), by_line, total_minor
    order.move_to(_status(order), order.hold_reason)
    data = {"revision": order.revision, "lines": order.lines, "total_minor": total_minor, "ship_to": order.ship_to}
    turn.fact("sales_order.changed", order.sales_order, order.external_ref, data)
    return Reply(200, shown(order))


def _known(order: SalesOrder, body: wire.ChangedSalesOrder) -> Reply:
    same_lines = body.lines == as_shown(order.lines)
    if body.revision == order.revision and same_lines and body.ship_to == order.ship_to:
        return Reply(200, shown(order))
    detail = f"{order.sales_order} is at revision {order.revision}"
    raise Refusal(409, "stale-revision", detail, revision=order.revision)


def _check_done(order: SalesOrder, by_line: Mapping[int, PricedLine], done: Mapping[int, int], what: str) -> None:
    """What was issued or invoiced can't be taken out of the order."""
    for number, quantity in done.items():
        line = by_line.get(number)
        if line is None or line["quantity"] < quantity or line["sku"] != order.by_line[number]["sku"]:
            detail = f"{quantity} of line {number} of {order.sales_order} are done already"
            raise Refusal(409, what, detail, line=number, done=quantity)


def _status(order: SalesOrder) -> str:
    if order.status not in (OPEN, SHIPPED, INVOICED):
        return order.status
    if order.is_complete(order.invoiced):
        return INVOICED
    return SHIPPED if order.is_complete(order.issued) else OPEN
