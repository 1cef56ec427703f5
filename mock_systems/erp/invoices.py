"""Invoices: what customers owe for a shipment, at the sales order's prices, to the cent."""

from __future__ import annotations

from typing import Any

from mock_systems.erp import replies, wire
from mock_systems.erp.books import INVOICED, Books, Invoice, SalesOrder
from mock_systems.erp.general_ledger import ACCOUNTS_RECEIVABLE, REVENUE, TAX_PAYABLE, credit, debit
from mock_systems.erp.sales_orders import check_lines, order_for_posting
from mock_systems.kit.money import part_of
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def post_invoice(books: Books, turn: Turn) -> Reply:
    """Operation postInvoice. It asks for no goods issue and bills a shipment as often as it is told: bad habits."""
    body: wire.NewInvoice = turn.body
    order = order_for_posting(books, body.sales_order)
    check_lines(order, body.lines)
    lines = [_priced(order, line) for line in body.lines]
    net_minor = sum([line["amount_minor"] for line in lines])
    tax_minor = sum([line.get("tax_minor", 0) for line in lines])
    total_minor = net_minor + tax_minor
    number = books.invoices.next_number()
    data = {
        "sales_order": order.sales_order,
        "shipment": body.shipment,
        "currency": order.currency,
        "lines": lines,
        "net_minor": net_minor,
        "tax_minor": tax_minor,
        "total_minor": total_minor,
    }
    shown: dict[str, Any] = {"invoice": number, **data}
    if order.currency != books.currency:
        data = {**data, "base_minor": order.in_base(total_minor)}
    invoice = Invoice(order, total_minor, shown)
    books.invoices.add(number, body.shipment, invoice)
    _bill(order, lines, total_minor)
    order.changed_at_us = turn.now_us
    turn.fact("invoice.posted", number, order.external_ref, data)
    legs = [debit(ACCOUNTS_RECEIVABLE, total_minor), credit(REVENUE, net_minor)]
    if tax_minor:
        legs.append(credit(TAX_PAYABLE, tax_minor))
    books.gl.post_legs(turn, number, order.external_ref, legs, order.currency)
    books.owed(invoice)
    return Reply(201, shown, {"location": "/invoices/" + number})


def _priced(order: SalesOrder, line: wire.Line) -> replies.InvoiceLine:
    """What a part of a line comes to: its cumulative share less what was billed of the line before.

    So the parts sum exactly to the line, also when the line was lowered in between.
    """
    number, quantity = line["line"], line["quantity"]
    ordered = order.by_line[number]
    done = order.invoiced.get(number, 0) + quantity
    net_before, tax_before = order.billed.get(number, (0, 0))
    net_minor, tax_minor = part_of(ordered, 0, done)
    priced: replies.InvoiceLine = {
        "line": number,
        "sku": line["sku"],
        "quantity": quantity,
        "price_minor": ordered["price_minor"],
        "amount_minor": max(0, net_minor - net_before),
    }
    if "pack" in ordered:
        priced["uom"], priced["pack"] = "CS", ordered["pack"]
    if tax_minor > tax_before:
        priced["tax_minor"] = tax_minor - tax_before
    return priced


def _bill(order: SalesOrder, lines: list[replies.InvoiceLine], total_minor: int) -> None:
    """Turn open order into unpaid invoice, in the order's and its account's books."""
    invoiced = order.invoiced
    for line in lines:
        number = line["line"]
        invoiced[number] = invoiced.get(number, 0) + line["quantity"]
        net_minor, tax_minor = order.billed.get(number, (0, 0))
        order.billed[number] = net_minor + line["amount_minor"], tax_minor + line.get("tax_minor", 0)
    order.invoiced_minor += total_minor
    order.account.unpaid_minor += order.in_base(total_minor)
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
