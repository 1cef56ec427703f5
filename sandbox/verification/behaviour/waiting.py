"""Retry-After (RFC 9110, 10.2.3): whole seconds, or a date."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from sandbox.verification.behaviour.exchange import Answer


def wait_s(answer: Answer, now_us: int) -> float:
    """How long the answer asks to wait, in seconds; of a date, from the answer's own Date on. Raises ValueError."""
    told = answer.headers.get("retry-after")
    if told is None:
        raise ValueError("there is no Retry-After")
    if told.isascii() and told.isdigit():
        return float(told)
    moment = _moment_s(told)
    if moment is None:
        raise ValueError(f"Retry-After: {told} is neither whole seconds nor an HTTP date")
    since = _moment_s(answer.headers.get("date", ""))
    return moment - (now_us / 1_000_000 if since is None else since)


def _moment_s(told: str) -> float | None:
    if not told.endswith("GMT"):
        return None
    try:
        return parsedate_to_datetime(told).timestamp()
    except ValueError:
        return None
