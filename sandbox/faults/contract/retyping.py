"""A value as another contract writes it: the same thing in another type or format."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def retyped(value: Any, wanted: Mapping[str, Any]) -> Any:
    """The value in the type `wanted["to"]`, with the `format` if one is named; null stays null.

    An object is `wanted["like"]` with the value under the key `wanted["into"]`; a list has the value as its entry.
    """
    kind = wanted["to"]
    if value is None:
        return None
    if kind == "object":
        return _as_object(value, wanted)
    if kind == "array":
        return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    if isinstance(value, list | dict):
        inner = list(value.values()) if isinstance(value, dict) else value
        value = next((one for one in inner if not isinstance(one, list | dict)), None)
    return _SCALARS[kind](value, wanted.get("format"))


def _as_object(value: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(wanted.get("like") or {})
    into = wanted.get("into") or "value"
    if isinstance(value, dict):
        return {**made, **value}
    like = made.get(into)
    kinds = {str: "string", int: "integer", float: "number", bool: "boolean"}
    made[into] = _SCALARS[kinds[type(like)]](value, None) if type(like) in kinds else value
    return made


def _string(value: Any, form: str | None) -> str:
    text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    if form == "date":
        return _moment(value).date().isoformat()
    if form == "date-time":
        return _moment(value).isoformat()
    return text


def _number(value: Any, form: str | None) -> float:
    return float(_integer(value, form)) if not isinstance(value, float) else value


def _integer(value: Any, form: str | None) -> int:
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, float):
        return math.floor(value)
    digits = "".join(each for each in str(value or "") if each.isdecimal())
    if isinstance(value, str) and not value.isdecimal() and "T" in value:
        try:
            return int(datetime.fromisoformat(value).timestamp())
        except ValueError:
            pass
    return int(digits or 0)


def _boolean(value: Any, form: str | None) -> bool:
    return bool(value) and value not in ("false", "0", "no")


def _moment(value: Any) -> datetime:
    """What a value says of a time: ISO 8601, or seconds or microseconds since 1970; 1970 where it says nothing."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return datetime.fromtimestamp(0, UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1_000_000 if value > 1e12 else value, UTC)
    return datetime.fromtimestamp(0, UTC)


_SCALARS = {"string": _string, "number": _number, "integer": _integer, "boolean": _boolean}
