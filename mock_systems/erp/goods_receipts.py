"""Goods receipts: what came in for a purchase order, into financial stock and onto the account of unbilled receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_systems.erp.general_ledger import GOODS_RECEIVED, INVENTORY
from mock_systems.erp.purchase_orders import close
from mock_systems.erp.purchasing import PurchaseOrder
from mock_systems.erp.purchasing_wire import NewGoodsReceipt
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

if TYPE_CHECKING:
    from mock_systems.erp.books import Books


def post_goods_receipt(books: Books, turn: Turn) -> Reply:
    """Operation postGoodsReceipt. The same receipt without its key is booked twice, as far as the tolerance goes."""
    body: NewGoodsReceipt = turn.body
    order = _order_of(books, body)
    received = _received_then(books, order, body)
    cost_minor = books.stock.receive(body.site, body.lines)
    books.purchasing.change(order, lambda: order.received.update(received))
    number = books.goods_receipts.next_number()
    data: dict[str, Any] = {
        "purchase_order": order.purchase_order,
        "asn": body.asn,
        "receipt": body.receipt,
        "site": body.site,
        "lines": body.lines,
        "cost_minor": cost_minor,
    }
    shown = {"goods_receipt": number, **data, "outstanding": order.outstanding()}
    books.goods_receipts.add(number, body.receipt, shown)
    turn.fact("goods_receipt.posted", number, None, data)
    books.gl.post(turn, number, None, INVENTORY, GOODS_RECEIVED, cost_minor)
    if not shown["outstanding"]:
        close(books, order, "received", turn)
    return Reply(201, shown, {"location": "/goods-receipts/" + number})


def get_goods_receipt(books: Books, turn: Turn) -> Reply:
    """Operation getGoodsReceipt."""
    number = turn.params["goods_receipt"]
    shown = books.goods_receipts.get(number)
    if shown is None:
        raise Refusal(404, "unknown-goods-receipt", f"no goods receipt {number}", goods_receipt=number)
    return Reply(200, shown)


def find_goods_receipts(books: Books, turn: Turn) -> Reply:
    """Operation findGoodsReceipts."""
    return Reply(200, {"items": list(books.goods_receipts.find(turn.query.receipt)), "next_cursor": None})


def _order_of(books: Books, body: NewGoodsReceipt) -> PurchaseOrder:
    order = books.purchasing.orders.get(body.purchase_order)
    if order is None:
        number = body.purchase_order
        raise Refusal(422, "unknown-purchase-order", f"no purchase order {number}", purchase_order=number)
    if order.site != body.site:
        raise Refusal(422, "wrong-site", f"{order.purchase_order} is for {order.site}", site=order.site)
    return order


def _received_then(books: Books, order: PurchaseOrder, body: NewGoodsReceipt) -> dict[int, int]:
    """What will have been received by line. Refuses what doesn't fit the order; a buyer is asked about too much."""
    ordered = {line["line"]: line for line in order.lines}
    received: dict[int, int] = {}
    over: list[dict[str, Any]] = []
    for line in body.lines:
        number = line["line"]
        if number not in ordered or ordered[number]["sku"] != line["sku"]:
            detail = f"{order.purchase_order} has no line {number} of {line['sku']}"
            raise Refusal(422, "unknown-line", detail, line=number, sku=line["sku"])
        if number in received:
            raise Refusal(422, "duplicate-line", f"line {number} stands there twice", line=number)
        total = received[number] = order.received.get(number, 0) + line["quantity"]
        if total > (most := books.purchasing.most(ordered[number])):
            over.append({"line": number, "sku": line["sku"], "received": total, "most": most})
    if over or order.status == "closed":
        _ask_buyer(books, order, received)
        if over:
            raise Refusal(409, "over-receipt", f"more came than {order.purchase_order} may bring", over=over)
        raise Refusal(409, "purchase-order-closed", f"{order.purchase_order} is closed: nothing was to come any more")
    return received


def _ask_buyer(books: Books, order: PurchaseOrder, received: dict[int, int]) -> None:
    for number, total in received.items():
        order.claimed[number] = max(order.claimed.get(number, 0), total)
    books.purchasing.ask_buyer(order)
