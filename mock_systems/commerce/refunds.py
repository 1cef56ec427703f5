"""Refunds: captured money goes back to the shopper's card."""

from __future__ import annotations

from typing import Any

from mock_systems.commerce.books import Books
from mock_systems.commerce.return_wire import AskRefund
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply


def refund_payment(books: Books, turn: Turn) -> Reply:
    """Give money back, never more than was captured. A repeat without an idempotency key gives it again."""
    asked: AskRefund = turn.body
    record = books.order(turn.params["order"])
    captured_minor = sum(capture["amount_minor"] for capture in record.captures)
    refunded_minor = sum(refund["amount_minor"] for refund in record.refunds)
    left_minor = captured_minor - refunded_minor
    if asked.amount_minor > left_minor:
        detail = f"{asked.amount_minor} is more than the {left_minor} of {record.order} that may be given back"
        raise Refusal(409, "over-captured", detail, left_minor=left_minor)
    data: dict[str, Any] = {"amount_minor": asked.amount_minor, "reference": asked.reference}
    refund = books.number("REF")
    shown = {"refund": refund, "order": record.order, "currency": record.shown["currency"], **data}
    record.refunds.append(shown)
    turn.fact("payment.refunded", refund, record.order, data)
    turn.notify("payment.refunded", refund, record.order, shown, record.trace)
    return Reply(201, shown, {"location": f"/orders/{record.order}/refunds"})


def list_refunds(books: Books, turn: Turn) -> Reply:
    """All refunds of an order."""
    record = books.order(turn.params["order"])
    return Reply(200, {"items": list(record.refunds), "next_cursor": None})
