"""Goods issues: what left a warehouse, out of financial stock and into the cost of goods sold."""

from __future__ import annotations

from typing import Any

from mock_systems.erp import wire
from mock_systems.erp.books import OPEN, SHIPPED, Books
from mock_systems.erp.general_ledger import COST_OF_GOODS_SOLD, INVENTORY
from mock_systems.erp.sales_orders import check_lines, order_for_posting
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def post_goods_issue(books: Books, turn: Turn) -> Reply:
    """Operation postGoodsIssue. A second one for the same shipment is booked, too."""
    body: wire.NewGoodsIssue = turn.body
    order = order_for_posting(books, body.sales_order)
    if not books.stock.has_site(body.site):
        raise Refusal(422, "unknown-site", f"no site {body.site}", site=body.site)
    check_lines(order, body.lines)
    cost_minor, negative = books.stock.issue(body.site, body.lines)
    issued = order.issued
    for line in body.lines:
        issued[line["line"]] = issued.get(line["line"], 0) + line["quantity"]
    order.changed_at_us = turn.now_us
    if order.status == OPEN and order.is_complete(issued):
        order.move_to(SHIPPED)
    number = books.goods_issues.next_number()
    data = {
        "sales_order": order.sales_order,
        "site": body.site,
        "shipment": body.shipment,
        "lines": body.lines,
        "cost_minor": cost_minor,
    }
    shown: dict[str, Any] = {"goods_issue": number, **data, "negative_stock": negative}
    books.goods_issues.add(number, body.shipment, shown)
    turn.fact("goods_issue.posted", number, order.external_ref, data)
    books.gl.post(turn, number, order.external_ref, COST_OF_GOODS_SOLD, INVENTORY, cost_minor)
    return Reply(201, shown, {"location": "/goods-issues/" + number})


def get_goods_issue(books: Books, turn: Turn) -> Reply:
    """Operation getGoodsIssue."""
    number = turn.params["goods_issue"]
    shown = books.goods_issues.get(number)
    if shown is None:
        raise Refusal(404, "unknown-goods-issue", f"no goods issue {number}", goods_issue=number)
    return Reply(200, shown)


def find_goods_issues(books: Books, turn: Turn) -> Reply:
    """Operation findGoodsIssues."""
    return Reply(200, {"items": list(books.goods_issues.find(turn.query.shipment)), "next_cursor": None})
