"""Which of the channel's orders a request is about: for triggers of faults, and to tell one order's story."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_systems.erp.books import Books
from mock_systems.kit.wire import Request


class OrderOf:
    """Which of the channel's orders a request is about; None for what the books don't know."""

    def __init__(self, books: Books) -> None:
        self._sales_orders = books.sales_orders
        self._goods_issues = books.goods_issues
        self._invoices = books.invoices
        self._credit_notes = books.credit_notes

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
            return invoice.order.external_ref
        return None

    def paid(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the invoice in the body."""
        number = _text(request.body, "invoice")
        invoice = self._invoices.get(number) if number is not None else None
        return invoice.order.external_ref if invoice is not None else None

    def credited(self, request: Request, params: Mapping[str, str]) -> str | None:
        """By the credit note in the body."""
        number = _text(request.body, "credit_note")
        note = self._credit_notes.get(number) if number is not None else None
        return note.order.external_ref if note is not None else None

    def _of_sales_order(self, number: str) -> str | None:
        order = self._sales_orders.get(number)
        return order.external_ref if order is not None else None


def _text(body: Any, name: str) -> str | None:
    # Asked before validation, so the body may be any JSON value.
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else None
