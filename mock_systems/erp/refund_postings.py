"""Refund postings: money that went back to a customer for a credit note, out of the bank."""

from __future__ import annotations

from mock_systems.erp.books import Books
from mock_systems.erp.credit_wire import NewRefundPosting
from mock_systems.erp.general_ledger import ACCOUNTS_RECEIVABLE, BANK
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def post_refund(books: Books, turn: Turn) -> Reply:
    """Operation postRefund. Repeated references, and more than the credit, are booked as they come: bad habits."""
    body: NewRefundPosting = turn.body
    note = books.credit_notes.get(body.credit_note)
    if note is None:
        raise Refusal(422, "unknown-credit-note", f"no credit note {body.credit_note}", credit_note=body.credit_note)
    order = note.order
    number = books.refund_postings.next_number()
    data = {"credit_note": body.credit_note, "amount_minor": body.amount_minor, "reference": body.reference}
    shown = {"refund_posting": number, **data}
    books.refund_postings.add(number, body.reference, shown)
    order.account.unpaid_minor += order.in_base(body.amount_minor)
    order.unapplied_minor = max(0, order.unapplied_minor - body.amount_minor)
    turn.fact("refund.posted", number, order.external_ref, data)
    books.gl.post(turn, number, order.external_ref, ACCOUNTS_RECEIVABLE, BANK, body.amount_minor, order.currency)
    return Reply(201, shown, {"location": "/refund-postings/" + number})


def get_refund_posting(books: Books, turn: Turn) -> Reply:
    """Operation getRefundPosting."""
    number = turn.params["refund_posting"]
    shown = books.refund_postings.get(number)
    if shown is None:
        raise Refusal(404, "unknown-refund-posting", f"no refund posting {number}", refund_posting=number)
    return Reply(200, shown)


def find_refund_postings(books: Books, turn: Turn) -> Reply:
    """Operation findRefundPostings."""
    return Reply(200, {"items": list(books.refund_postings.find(turn.query.reference)), "next_cursor": None})
