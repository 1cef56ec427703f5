"""The shop's own problem codes, by HTTP status: part of its contract (see kit/problems.py)."""

from __future__ import annotations

from typing import Final

from mock_systems.kit.problems import Codes

PROBLEMS: Final[Codes] = {
    404: (
        "unknown-item",
        "unknown-order",
        "unknown-request",
        "unknown-return",
    ),
    409: (
        "already-granted",
        "already-refused",
        "authorisation-voided",
        "more-than-shipped",
        "no-authorisation",
        "no-substitutes",
        "not-shipped",
        "order-cancelled",
        "order-changed",
        "over-authorised",
        "over-captured",
        "request-open",
        "sold-out",
        "too-late",
    ),
    422: (
        "broken-case",
        "costs-more",
        "more-than-ordered",
        "not-listed",
        "not-sold-by-case",
        "nothing-changes",
        "nothing-left",
        "unknown-currency",
        "unknown-item",
        "unknown-line",
    ),
}
