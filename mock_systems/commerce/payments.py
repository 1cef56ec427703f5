"""Card payments at the shop: authorised with the order, captured for invoices, voided with a cancellation."""

from __future__ import annotations

from mock_systems.commerce.books import Books, OrderRecord
from mock_systems.commerce.wire import CapturePayment
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def authorise(books: Books, turn: Turn, record: OrderRecord) -> None:
    """Reserve the order's total on the shopper's card."""
    record.authorisation = books.number("AUT")
    record.open_minor = record.shown["total_minor"]
    data = {"amount_minor": record.open_minor}
    turn.fact("payment.authorised", record.authorisation, record.order, data, record.trace)


def void(turn: Turn, record: OrderRecord) -> None:
    """Let go of what is authorised and not captured."""
    if record.authorisation is None:
        return
    record.voided = True
    if record.open_minor > 0:
        turn.fact("payment.voided", record.authorisation, record.order, {"amount_minor": record.open_minor})
        record.open_minor = 0


def reduce(turn: Turn, record: OrderRecord, less_minor: int) -> None:
    """The order costs that much less: so much less may be captured."""
    if record.authorisation is None or less_minor <= 0:
        return
    record.open_minor -= less_minor
    turn.fact("payment.reduced", record.authorisation, record.order, {"amount_minor": less_minor})


def capture_payment(books: Books, turn: Turn) -> Reply:
    """Take money. The reference is free text: a repeat without an idempotency key takes it again."""
    asked: CapturePayment = turn.body
    record = books.order(turn.params["order"])
    if record.authorisation is None:
        raise Refusal(409, "no-authorisation", f"{record.order} is paid on account")
    if record.voided:
        raise Refusal(409, "authorisation-voided", f"the authorisation of {record.order} is voided")
    if asked.amount_minor > record.open_minor:
        detail = f"{asked.amount_minor} is more than the {record.open_minor} that are left of the authorisation"
        raise Refusal(409, "over-authorised", detail, open_minor=record.open_minor)
    record.open_minor -= asked.amount_minor
    data = {"amount_minor": asked.amount_minor, "reference": asked.reference}
    shown = {"capture": books.number("CAP"), **data}
    record.captures.append(shown)
    currency = record.shown["currency"]
    if currency != books.currency:
        data = {**data, "base_minor": books.currencies.in_base(asked.amount_minor, currency)}
    turn.fact("payment.captured", str(shown["capture"]), record.order, data)
    return Reply(201, shown, {"location": f"/orders/{record.order}/captures"})


def list_captures(books: Books, turn: Turn) -> Reply:
    """All captures of an order."""
    record = books.order(turn.params["order"])
    return Reply(200, {"items": list(record.captures), "next_cursor": None})
