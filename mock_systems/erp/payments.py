"""Payments: money at the bank against an invoice."""

from __future__ import annotations

from mock_systems.erp import wire
from mock_systems.erp.books import Books
from mock_systems.erp.general_ledger import ACCOUNTS_RECEIVABLE, BANK
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def post_payment(books: Books, turn: Turn) -> Reply:
    """Operation postPayment. Overpaid invoices and repeated references are booked as they come: bad habits."""
    body: wire.NewPayment = turn.body
    invoice = books.invoices.get(body.invoice)
    if invoice is None:
        raise Refusal(422, "unknown-invoice", f"no invoice {body.invoice}", invoice=body.invoice)
    number = books.payments.next_number()
    data = {"invoice": body.invoice, "amount_minor": body.amount_minor, "reference": body.reference}
    shown = {"payment": number, **data}
    books.payments.add(number, body.reference, shown)
    invoice.pay(body.amount_minor)
    turn.fact("payment.posted", number, invoice.external_ref, data)
    books.gl.post(turn, number, invoice.external_ref, BANK, ACCOUNTS_RECEIVABLE, body.amount_minor, invoice.currency)
    return Reply(201, shown, {"location": "/payments/" + number})


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
