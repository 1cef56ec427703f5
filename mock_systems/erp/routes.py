"""The ERP's route table: every operation of its published contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_systems.erp import wire
from mock_systems.erp.books import Books
from mock_systems.erp.customers import get_customer
from mock_systems.erp.general_ledger import get_trial_balance, list_journal
from mock_systems.erp.goods_issues import find_goods_issues, get_goods_issue, post_goods_issue
from mock_systems.erp.invoices import find_invoices, get_invoice, post_invoice
from mock_systems.erp.payments import find_payments, get_payment, post_payment
from mock_systems.erp.prices import quote_prices
from mock_systems.erp.sales_orders import cancel_sales_order, create_sales_order, find_sales_orders, get_sales_order
from mock_systems.erp.stock import list_stock
from mock_systems.kit.listing import ListQuery
from mock_systems.kit.routes import Route
from mock_systems.kit.wire import Request


def erp_routes(books: Books) -> list[Route]:
    """All operations; the books tell which business order a document belongs to."""
    orders = _OrderOf(books)
    return [*_master_data(), *_sales_orders(orders), *_goods_issues(orders), *_money(orders), *_general_ledger()]


class _OrderOf:
    """Which of the channel's orders a request is about; None for what the books don't know."""

    def __init__(self, books: Books) -> None:
        self._sales_orders = books.sales_orders
        self._goods_issues = books.goods_issues
        self._invoices = books.invoices

    def named(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the body's external reference."""
        return _text(request.body, "external_ref")

    def asked(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the external reference in the query."""
        return request.query.get("external_ref")

    def in_path(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the sales order in the path."""
        return self._of_sales_order(params["sales_order"])

    def posted_on(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the sales order in the body."""
        number = _text(request.body, "sales_order")
        return self._of_sales_order(number) if number is not None else None

    def shipped(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the shipment in the query, once something was posted for it."""
        shipment = request.query.get("shipment", "")
        for issue in self._goods_issues.find(shipment):
            return self._of_sales_order(issue["sales_order"])
        for invoice in self._invoices.find(shipment):
            return invoice.external_ref
        return None

    def paid(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the invoice in the body."""
        number = _text(request.body, "invoice")
        invoice = self._invoices.get(number) if number is not None else None
        return invoice.external_ref if invoice is not None else None

    def _of_sales_order(self, number: str) -> str | None:
        order = self._sales_orders.get(number)
        return order.external_ref if order is not None else None


def _text(body: Any, name: str) -> str | None:
    # Asked before validation, so the body may be any JSON value.
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else None


def _master_data() -> list[Route]:
    return [
        Route(
            operation="getCustomer",
            method="GET",
            path="/customers/{customer}",
            handler=get_customer,
            summary="An account: terms, credit limit and exposure.",
            replies={200: wire.Customer},
            tags=("customers",),
        ),
        Route(
            operation="quotePrices",
            method="POST",
            path="/price-quotes",
            handler=quote_prices,
            summary="Prices for a customer and quantities, with the floor of each item.",
            body=wire.AskPrices,
            replies={200: wire.PriceQuote},
            tags=("prices",),
        ),
        Route(
            operation="listStock",
            method="GET",
            path="/stock",
            handler=list_stock,
            summary="Financial stock by site and item, at standard cost.",
            query=ListQuery,
            replies={200: wire.StockPage},
            tags=("stock",),
        ),
    ]


def _sales_orders(orders: _OrderOf) -> list[Route]:
    return [
        Route(
            operation="createSalesOrder",
            method="POST",
            path="/sales-orders",
            handler=create_sales_order,
            summary="Take a sales order; it goes on hold where the customer's credit doesn't suffice.",
            body=wire.NewSalesOrder,
            replies={201: wire.SalesOrder},
            order_of=orders.named,
            honours_key=True,
            tags=("sales orders",),
        ),
        Route(
            operation="findSalesOrders",
            method="GET",
            path="/sales-orders",
            handler=find_sales_orders,
            summary="Sales orders with an external reference.",
            query=wire.ByExternalRef,
            replies={200: wire.SalesOrders},
            order_of=orders.asked,
            tags=("sales orders",),
        ),
        Route(
            operation="getSalesOrder",
            method="GET",
            path="/sales-orders/{sales_order}",
            handler=get_sales_order,
            summary="One sales order.",
            replies={200: wire.SalesOrder},
            order_of=orders.in_path,
            tags=("sales orders",),
        ),
        Route(
            operation="cancelSalesOrder",
            method="POST",
            path="/sales-orders/{sales_order}/cancellation",
            handler=cancel_sales_order,
            summary="Cancel a sales order of which nothing has left yet; repeating it changes nothing.",
            body=wire.Cancellation,
            replies={200: wire.SalesOrder},
            order_of=orders.in_path,
            honours_key=True,
            tags=("sales orders",),
        ),
    ]


def _goods_issues(orders: _OrderOf) -> list[Route]:
    return [
        Route(
            operation="postGoodsIssue",
            method="POST",
            path="/goods-issues",
            handler=post_goods_issue,
            summary="Post what left a site: out of stock, into the cost of goods sold.",
            body=wire.NewGoodsIssue,
            replies={201: wire.GoodsIssue},
            order_of=orders.posted_on,
            honours_key=True,
            tags=("goods issues",),
        ),
        Route(
            operation="findGoodsIssues",
            method="GET",
            path="/goods-issues",
            handler=find_goods_issues,
            summary="Goods issues of a shipment.",
            query=wire.ByShipment,
            replies={200: wire.GoodsIssues},
            order_of=orders.shipped,
            tags=("goods issues",),
        ),
        Route(
            operation="getGoodsIssue",
            method="GET",
            path="/goods-issues/{goods_issue}",
            handler=get_goods_issue,
            summary="One goods issue.",
            replies={200: wire.GoodsIssue},
            tags=("goods issues",),
        ),
    ]


def _money(orders: _OrderOf) -> list[Route]:
    return [
        Route(
            operation="postInvoice",
            method="POST",
            path="/invoices",
            handler=post_invoice,
            summary="Bill lines of a sales order at its prices.",
            body=wire.NewInvoice,
            replies={201: wire.Invoice},
            order_of=orders.posted_on,
            honours_key=True,
            tags=("invoices",),
        ),
        Route(
            operation="findInvoices",
            method="GET",
            path="/invoices",
            handler=find_invoices,
            summary="Invoices of a shipment.",
            query=wire.ByShipment,
            replies={200: wire.Invoices},
            order_of=orders.shipped,
            tags=("invoices",),
        ),
        Route(
            operation="getInvoice",
            method="GET",
            path="/invoices/{invoice}",
            handler=get_invoice,
            summary="One invoice.",
            replies={200: wire.Invoice},
            tags=("invoices",),
        ),
        Route(
            operation="postPayment",
            method="POST",
            path="/payments",
            handler=post_payment,
            summary="Post money received for an invoice.",
            body=wire.NewPayment,
            replies={201: wire.Payment},
            order_of=orders.paid,
            honours_key=True,
            tags=("payments",),
        ),
        Route(
            operation="findPayments",
            method="GET",
            path="/payments",
            handler=find_payments,
            summary="Payments with a reference.",
            query=wire.ByReference,
            replies={200: wire.Payments},
            tags=("payments",),
        ),
        Route(
            operation="getPayment",
            method="GET",
            path="/payments/{payment}",
            handler=get_payment,
            summary="One payment.",
            replies={200: wire.Payment},
            tags=("payments",),
        ),
    ]


def _general_ledger() -> list[Route]:
    return [
        Route(
            operation="listJournal",
            method="GET",
            path="/gl",
            handler=list_journal,
            summary="Journal entries in the order of posting.",
            query=ListQuery,
            replies={200: wire.JournalPage},
            tags=("general ledger",),
        ),
        Route(
            operation="getTrialBalance",
            method="GET",
            path="/trial-balance",
            handler=get_trial_balance,
            summary="All that was posted to each account.",
            replies={200: wire.TrialBalance},
            tags=("general ledger",),
        ),
    ]
