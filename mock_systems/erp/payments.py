"""Payments: money at the bank against an invoice."""

from __future__ import annotations

from typing import Any

from mock_systems.erp import wire
from mock_systems.erp.books import Books, Invoice
from mock_systems.erp.general_ledger import ACCOUNTS_RECEIVABLE, BANK
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def post_payment(books: Books, turn: Turn) -> Reply:
    """Operation postPayment. Overpaid invoices and repeated references are booked as they come: bad habits."""
    body: wire.NewPayment = turn.body
    invoice = books.invoices.get(body.invoice)
    if invoice is None:
        raise Refusal(422, "unknown-invoice", f"no invoice {body.invoice}", invoice=body.invoice)
    shown = book(books, turn, invoice, body.amount_minor, reference=body.reference)
    return Reply(201, shown, {"location": f"/payments/{shown['payment']}"})


def book(
    books: Books, turn: Turn, invoice: Invoice, amount_minor: int, *, reference: str, customer: str | None = None
) -> dict[str, Any]:
    """Book a payment on an invoice, in its currency; the payment as the API shows it.

    `customer` is who paid it by themselves, on terms; None: an integration books what was paid elsewhere.
    """
    order = invoice.order
    number = books.payments.next_number()
    data: dict[str, Any] = {"invoice": invoice.shown["invoice"], "amount_minor": amount_minor, "reference": reference}
    shown = {"payment": number, **data}
    books.payments.add(number, reference, shown)
    invoice.pay(amount_minor)
    if order.currency != books.currency:
        data["base_minor"] = order.in_base(amount_minor)
    if customer is not None:
        data["customer"] = customer
    turn.fact("payment.posted", number, order.external_ref, data)
    books.gl.post(turn, number, order.external_ref, BANK, ACCOUNTS_RECEIVABLE, amount_minor, order.currency)
    return shown


def get_payment(books: Books, turn: Turn) -> Reply:
    """Operation getPayment."""
    number = turn.params["payment"]
    shown = books.payments.get(number)
    if shown is None:
        raise Refusal(404, "unknown-payment", f"no payment {number}", payment=number)
    return Reply(200, shown)


def find_payments(books: Books, turn: Turn) -> Reply:
    """Operation findPayments."""
    return Reply(200, {"items": list(books.payments.find(turn.query.reference)), "next_cursor": None})
