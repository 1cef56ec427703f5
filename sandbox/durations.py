"""Durations as people write them (`10s`, `250ms`, `1h30m`) and as the programs count them: whole microseconds."""

from __future__ import annotations

import re

UNITS_US = {
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
    "us": 1,
}
_PART = re.compile(r"(\d+)(?:\.(\d+))?\s*(d|h|ms|us|m|s)\s*")
_REMEDY = "write a number with a unit, like 250ms, 10s, 5m, 1h30m or 2d"


def parse(text: object) -> int:
    """The duration in microseconds. Raises ValueError, with the remedy, for anything that is not one."""
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is not a duration: {_REMEDY}")
    written = text.strip()
    if written.startswith("-"):
        raise ValueError(f"{text!r} is negative: {_REMEDY}")
    total, position, smallest = 0, 0, UNITS_US["d"] + 1
    while (part := _PART.match(written, position)) is not None:
        unit = UNITS_US[part[3]]
        if unit >= smallest:
            raise ValueError(f"{text!r} has its units out of order: larger units come first, each once")
        total += _count(text, part[1], part[2] or "", unit)
        position, smallest = part.end(), unit
    if not written or position != len(written):
        raise ValueError(f"{text!r} is not a duration: {_REMEDY}")
    return total


def _count(text: str, whole: str, fraction: str, unit: int) -> int:
    """`whole.fraction` units in microseconds, without a float on the way."""
    scale: int = 10 ** len(fraction)
    part, rest = divmod(int(fraction or "0") * unit, scale)
    if rest:
        raise ValueError(f"{text!r} is finer than a microsecond")
    return int(whole) * unit + part


def format(duration_us: int) -> str:  # noqa: A001 - read as durations.format
    """The shortest text that `parse` reads back; `0s` for none. Raises ValueError for a negative duration."""
    if duration_us < 0:
        raise ValueError(f"a duration is not negative: {duration_us} us")
    if duration_us == 0:
        return "0s"
    parts: list[str] = []
    rest = duration_us
    for name, unit in UNITS_US.items():
        count, rest = divmod(rest, unit)
        if count:
            parts.append(f"{count}{name}")
    return "".join(parts)
