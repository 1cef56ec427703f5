"""The words of a design file: durations like `10s`, shares like `20%`, times of day like `02:00`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from sandbox import durations

_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def _share(value: Any) -> Any:
    percent = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if percent is None:
        raise ValueError(f"{value!r} is not a share: write per cent, like 20%")
    return float(percent[1]) / 100


def _duration(value: Any) -> int:
    duration_us = durations.parse(value)
    if duration_us == 0:
        raise ValueError(f"{value!r} is no time at all: write a duration above zero, like 10s")
    return duration_us


def _time_of_day(value: Any) -> int:
    clock = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if clock is None:
        raise ValueError(f'{value!r} is no time of day: write hours and minutes in quotes, like "02:00"; it is UTC')
    return (int(clock[1]) * 60 + int(clock[2])) * 60_000_000


def _or_never(value: Any) -> int | None:
    return None if value == "never" else _duration(value)


def text(check: Callable[[Any], Any], *examples: str) -> Any:
    """A type that is text in the file and checked by `check`."""
    return (BeforeValidator(check), WithJsonSchema({"type": "string", "examples": list(examples)}))


Duration = Annotated[int, *text(_duration, "250ms", "10s", "5m", "1h30m")]
TimeOfDay = Annotated[int, *text(_time_of_day, "02:00", "18:30")]
DurationOrNone = Annotated[int, *text(durations.parse, "0s", "5m")]
DurationOrNever = Annotated[int | None, *text(_or_never, "60s", "never")]
Share = Annotated[float, *text(_share, "20%")]
Count = Annotated[int, Field(ge=1, strict=True)]


def text_default(default_us: int | None) -> Any:
    """A default that editors show as it would be written."""
    shown = "never" if default_us is None else durations.format(default_us)
    return Field(default_us, json_schema_extra={"default": shown})


class Block(BaseModel):
    """A part of the file; a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
