"""Numbers, times and sums of money as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# From this unit on (its length and name), told to the finer one.
_UNITS = (
    (DAY_US, "d", HOUR_US, "h"),
    (HOUR_US, "h", MINUTE_US, "min"),
    (10 * MINUTE_US, "min", MINUTE_US, "min"),
    (MINUTE_US, "min", SECOND_US, "s"),
    (SECOND_US, "s", SECOND_US, "s"),
)
_DASH = "–"


def number(value: float) -> str:
    """With thousands separated; fractions with as many places as tell something."""
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:,.2f}"


def money(minor: float, currency: str) -> str:
    """Minor units as `1,234.50 GBP`."""
    return f"{minor / 100:,.2f} {currency}".rstrip()


def length(duration_us: float) -> str:
    """A length of time as exactly as one would say it: `0.4 s`, `4 min 10 s`, `49 min`, `2 h 5 min`, `3 d 7 h`."""
    if duration_us < 10 * SECOND_US:
        return f"{duration_us / SECOND_US:.2g} s"
    least_us, name, finer_us, finer = next(unit for unit in _UNITS if round(duration_us / unit[2]) * unit[2] >= unit[0])
    unit_us = MINUTE_US if name == "min" else least_us
    whole, rest_us = divmod(round(duration_us / finer_us) * finer_us, unit_us)
    return f"{whole:,} {name}" + (f" {rest_us // finer_us} {finer}" if rest_us else "")


def seconds(value: float) -> str:
    """A length of time given in seconds."""
    return length(value * SECOND_US)


def moment(at_us: int) -> str:
    """`14 Nov 2011 10:03`, in UTC."""
    at = at_of(at_us)
    return f"{at.day} {at:%b %Y %H:%M}"


def clock(at_us: int) -> str:
    """`14 Nov 10:03:12`, in UTC."""
    at = at_of(at_us)
    return f"{at.day} {at:%b %H:%M:%S}"


def period(from_us: int, until_us: int) -> str:
    """`10:00 to 12:00 on 14 Nov`, or both ends in full."""
    begin, end = at_of(from_us), at_of(until_us)
    if begin.date() == end.date():
        return f"{begin.day} {begin:%b %H:%M}{_DASH}{end:%H:%M}"
    return f"{begin.day} {begin:%b %H:%M} {_DASH} {end.day} {end:%b %H:%M}"


def at_of(at_us: int) -> datetime:
    """The moment as a date and time, in UTC."""
    return _EPOCH + timedelta(microseconds=at_us)


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 order`, `3 orders`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def sentence(text: str) -> str:
    """With a capital and a full stop, unless it has them."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".") if text else ""
