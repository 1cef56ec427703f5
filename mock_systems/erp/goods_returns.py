"""Goods returns: what customers sent back, into financial stock again, or written off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mock_systems.erp.books import Books, SalesOrder
from mock_systems.erp.credit_wire import NewGoodsReturn, ReturnedLine
from mock_systems.erp.general_ledger import COST_OF_GOODS_SOLD, INVENTORY, WRITE_OFF, credit, debit
from mock_systems.erp.sales_orders import order_for_posting
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def post_goods_return(books: Books, turn: Turn) -> Reply:
    """Operation postGoodsReturn. The same return without its key is booked twice, as far as goods were issued."""
    body: NewGoodsReturn = turn.body
    order = order_for_posting(books, body.sales_order)
    if not books.stock.has_site(body.site):
        raise Refusal(422, "unknown-site", f"no site {body.site}", site=body.site)
    returned = _returned_then(order, body.lines)
    restocked = [line for line in body.lines if line["disposition"] == "restock"]
    restocked_minor = books.stock.receive(body.site, restocked)
    scrapped_minor = sum(
        books.stock.cost_of(x["sku"]) * x["quantity"] for x in body.lines if x["disposition"] == "scrap"
    )
    order.returned.update(returned)
    number = books.goods_returns.next_number()
    data: dict[str, Any] = {
        "sales_order": order.sales_order,
        "return": body.return_,
        "site": body.site,
        "lines": body.lines,
        "cost_minor": restocked_minor + scrapped_minor,
        "scrapped_minor": scrapped_minor,
    }
    shown = {"goods_return": number, **data}
    books.goods_returns.add(number, body.return_, shown)
    turn.fact("goods_return.posted", number, order.external_ref, data)
    legs = [debit(INVENTORY, restocked_minor), credit(COST_OF_GOODS_SOLD, restocked_minor + scrapped_minor)]
    if scrapped_minor:
        legs.append(debit(WRITE_OFF, scrapped_minor))
    books.gl.post_legs(turn, number, order.external_ref, legs)
    return Reply(201, shown, {"location": "/goods-returns/" + number})


def get_goods_return(books: Books, turn: Turn) -> Reply:
    """Operation getGoodsReturn."""
    number = turn.params["goods_return"]
    shown = books.goods_returns.get(number)
    if shown is None:
        raise Refusal(404, "unknown-goods-return", f"no goods return {number}", goods_return=number)
    return Reply(200, shown)


def find_goods_returns(books: Books, turn: Turn) -> Reply:
    """Operation findGoodsReturns."""
    return Reply(200, {"items": list(books.goods_returns.find(turn.query.return_)), "next_cursor": None})


def _returned_then(order: SalesOrder, lines: Sequence[ReturnedLine]) -> dict[int, int]:
    """What will have come back by line. Refuses what was never issued."""
    returned: dict[int, int] = {}
    for line in lines:
        number = line["line"]
        ordered = order.by_line.get(number)
        if ordered is None or ordered["sku"] != line["sku"]:
            detail = f"{order.sales_order} has no line {number} of {line['sku']}"
            raise Refusal(422, "unknown-line", detail, line=number, sku=line["sku"])
        returned[number] = returned.get(number, order.returned.get(number, 0)) + line["quantity"]
        if returned[number] > order.issued.get(number, 0):
            detail = f"line {number}: {returned[number]} would be back, {order.issued.get(number, 0)} were issued"
            raise Refusal(409, "over-returned", detail, line=number, issued=order.issued.get(number, 0))
    return returned
