"""The Retry-After header: seconds, or a date as HTTP writes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime


def retry_at_us(headers: Mapping[str, str], now_us: int) -> int | None:
    """When the system wants to be asked again; None where it does not say, or says nothing readable."""
    written = headers.get("retry-after")
    if written is None:
        return None
    try:
        seconds = float(written)
    except ValueError:
        return _date_us(written, now_us)
    if not math.isfinite(seconds):
        return None
    return now_us + max(0, math.ceil(seconds * 1_000_000))


def _date_us(written: str, now_us: int) -> int | None:
    try:
        date = parsedate_to_datetime(written)
    except ValueError:
        return None
    # A date without a zone is meant as UTC, as RFC 9110 wants every one to be.
    aware = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return max(now_us, int(aware.timestamp()) * 1_000_000)
