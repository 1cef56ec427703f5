"""The operations of returns: shoppers ask, the integration tells how far they are and gives money back."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.commerce import refunds, return_wire, returns
from mock_systems.commerce.books import Books
from mock_systems.kit.listing import ListQuery
from mock_systems.kit.routes import Route
from mock_systems.kit.wire import Request


def _order(request: Request, params: Mapping[str, str]) -> str | None:
    return params["order"]


def return_routes(books: Books) -> list[Route]:
    """All of them; the books tell which order a return belongs to."""

    def of_return(request: Request, params: Mapping[str, str]) -> str | None:
        record = books.returns.returns.get(params["rma"])
        return record.shown["order"] if record is not None else None

    return [
        Route(
            "requestReturn",
            "POST",
            "/orders/{order}/returns",
            returns.request_return,
            "Ask to give back what was shipped",
            {201: return_wire.Return, 200: return_wire.Return, 409: None},
            body=return_wire.AskReturn,
            order_of=_order,
            scope="shopper",
        ),
        Route(
            "listReturns",
            "GET",
            "/returns",
            returns.list_returns,
            "List returns in the order of their latest change",
            {200: return_wire.ReturnPage},
            query=ListQuery,
        ),
        Route(
            "getReturn",
            "GET",
            "/returns/{rma}",
            returns.get_return,
            "Show a return",
            {200: return_wire.Return},
            order_of=of_return,
        ),
        Route(
            "tellReturnStatus",
            "POST",
            "/returns/{rma}/status",
            returns.tell_return,
            "Tell how far a return is",
            {200: return_wire.Return},
            body=return_wire.TellReturn,
            order_of=of_return,
            honours_key=True,
        ),
        Route(
            "refundPayment",
            "POST",
            "/orders/{order}/refunds",
            refunds.refund_payment,
            "Give captured money back",
            {201: return_wire.Refund, 409: None},
            body=return_wire.AskRefund,
            order_of=_order,
            honours_key=True,
        ),
        Route(
            "listRefunds",
            "GET",
            "/orders/{order}/refunds",
            refunds.list_refunds,
            "List what was given back for an order",
            {200: return_wire.RefundList},
            order_of=_order,
        ),
    ]
