"""Invoices: what customers owe for a shipment, at the sales order's prices, to the cent."""

from __future__ import annotations

from typing import Any

from mock_systems.erp import replies, wire
from mock_systems.erp.books import INVOICED, Books, Invoice, SalesOrder
from mock_systems.erp.general_ledger import ACCOUNTS_RECEIVABLE, REVENUE
from mock_systems.erp.sales_orders import check_lines, order_for_posting
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def post_invoice(books: Books, turn: Turn) -> Reply:
    """Operation postInvoice. It asks for no goods issue and bills a shipment as often as it is told: bad habits."""
    body: wire.NewInvoice = turn.body
    order = order_for_posting(books, body.sales_order)
    check_lines(order, body.lines)
    lines, total_minor = _priced(order, body.lines)
    number = books.invoices.next_number()
    data = {
        "sales_order": order.sales_order,
        "shipment": body.shipment,
        "currency": order.currency,
        "lines": lines,
        "total_minor": total_minor,
    }
    shown: dict[str, Any] = {"invoice": number, **data}
    invoice = Invoice(order.account, order.external_ref, total_minor, shown)
    books.invoices.add(number, body.shipment, invoice)
    _bill(order, lines, total_minor)
    turn.fact("invoice.posted", number, order.external_ref, data)
    books.gl.post(turn, number, order.external_ref, ACCOUNTS_RECEIVABLE, REVENUE, total_minor)
    return Reply(201, shown, {"location": "/invoices/" + number})


def _priced(order: SalesOrder, lines: list[wire.Line]) -> tuple[list[replies.InvoiceLine], int]:
    priced: list[replies.InvoiceLine] = []
    total_minor = 0
    for line in lines:
        quantity = line["quantity"]
        price_minor = order.by_line[line["line"]]["price_minor"]
        amount_minor = quantity * price_minor
        total_minor += amount_minor
        priced.append(
            {
                "line": line["line"],
                "sku": line["sku"],
                "quantity": quantity,
                "price_minor": price_minor,
                "amount_minor": amount_minor,
            }
        )
    return priced, total_minor


def _bill(order: SalesOrder, lines: list[replies.InvoiceLine], total_minor: int) -> None:
    """Turn open order into unpaid invoice, in the order's and its account's books."""
    invoiced = order.invoiced
    for line in lines:
        number = line["line"]
        invoiced[number] = invoiced.get(number, 0) + line["quantity"]
    order.invoiced_minor += total_minor
    order.account.unpaid_minor += total_minor
    order.move_to(INVOICED if order.is_complete(invoiced) else order.status)


def get_invoice(books: Books, turn: Turn) -> Reply:
    """Operation getInvoice."""
    number = turn.params["invoice"]
    invoice = books.invoices.get(number)
    if invoice is None:
        raise Refusal(404, "unknown-invoice", f"no invoice {number}", invoice=number)
    return Reply(200, invoice.shown)


def find_invoices(books: Books, turn: Turn) -> Reply:
    """Operation findInvoices."""
    found = books.invoices.find(turn.query.shipment)
    return Reply(200, {"items": [invoice.shown for invoice in found], "next_cursor": None})
