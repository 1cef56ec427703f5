"""Moments, lengths of time and shares, as scenario files write them and as atoms hold them.

A moment is counted from the start of the run, which is a midnight: `10:00`, `1d 10:00`, or a duration such as `36h`.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from sandbox import durations

DAY_US = durations.UNITS_US["d"]
_CLOCK = re.compile(r"(?:(\d+)d\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?")
_DURATION_PATTERN = r"^\s*(\d+(\.\d+)?\s*(d|h|ms|us|m|s)\s*)+$"
_CLOCK_PATTERN = r"^\s*(\d+d\s+)?\d{1,2}:\d{2}(:\d{2})?\s*$"


def parse_moment(text: object) -> int:
    """Microseconds since the start of the run. Raises ValueError, with the remedy."""
    clock = _CLOCK.fullmatch(text.strip()) if isinstance(text, str) else None
    if clock is None:
        try:
            return durations.parse(text)
        except ValueError:
            raise ValueError(f"{text!r} is no moment of a run: write 10:00, 1d 10:00 or 36h") from None
    days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
    if minutes > 59 or seconds > 59 or hours * 3600 + minutes * 60 + seconds > 86_400:
        raise ValueError(f"{text!r} is no time of day: it lies between 00:00 and 24:00")
    return days * DAY_US + (hours * 3600 + minutes * 60 + seconds) * 1_000_000


def format_moment(moment_us: int) -> str:
    """The text that `parse_moment` reads back: `10:00`, `1d 10:00:30`, or a duration for finer moments."""
    seconds, finer = divmod(moment_us, 1_000_000)
    if finer:
        return durations.format(moment_us)
    days, seconds = divmod(seconds, 86_400)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
    return f"{days}d {clock}" if days else clock


def parse_length(text: object) -> int:
    """A length of time above zero, in microseconds. Raises ValueError, with the remedy."""
    length_us = durations.parse(text)
    if length_us == 0:
        raise ValueError(f"{text!r} is no time at all: write a length such as 30s or 2h")
    return length_us


def parse_share(text: object) -> float:
    """A fraction above 0 and at most 1, written `5%` or `0.05`. Raises ValueError, with the remedy."""
    remedy = "write a share above 0% and up to 100%, such as 5% or 0.05"
    try:
        share = float(text[:-1]) / 100 if isinstance(text, str) and text.endswith("%") else float(str(text))
    except ValueError:
        raise ValueError(f"{text!r} is no share: {remedy}") from None
    if not 0 < share <= 1:
        raise ValueError(f"{text!r} is out of range: {remedy}")
    return share


def _share_or_none_at_all(value: object) -> float:
    return 0.0 if value in (0, "0%") else parse_share(value)


def format_share(share: float) -> str:
    """As a person reads it: `5%`, `0.25%`."""
    return f"{share * 100:.3g}%"


def _text(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


Duration = Annotated[int, BeforeValidator(durations.parse), _text(_DURATION_PATTERN, "90s")]
Length = Annotated[int, BeforeValidator(parse_length), _text(_DURATION_PATTERN, "2h")]
Moment = Annotated[int, BeforeValidator(parse_moment), _text(f"({_DURATION_PATTERN})|({_CLOCK_PATTERN})", "1d 10:00")]
Share = Annotated[
    float,
    BeforeValidator(parse_share),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                {"type": "string", "pattern": r"^\d+(\.\d+)?%$", "examples": ["5%"]},
            ]
        }
    ),
]
ShareOrNone = Annotated[
    float, BeforeValidator(_share_or_none_at_all), WithJsonSchema({"type": ["number", "string"], "examples": ["5%"]})
]
