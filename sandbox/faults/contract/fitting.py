"""Whether a value fits the few keywords of JSON Schema that tell two contracts apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _is_number(value) and float(value).is_integer(),
    "number": lambda value: _is_number(value),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
_FORMATS: Mapping[str, Callable[[Any], object]] = {
    "date": date.fromisoformat,
    "date-time": datetime.fromisoformat,
    "uuid": UUID,
    "int32": lambda value: _within(value, 2**31),
    "int64": lambda value: _within(value, 2**63),
}
_KEYWORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "type": lambda value, types: any(_TYPES[kind](value) for kind in ([types] if isinstance(types, str) else types)),
    "enum": lambda value, allowed: any(type(value) is type(one) and value == one for one in allowed),
    "format": lambda value, name: _formatted(value, name),
    "maximum": lambda value, most: not _is_number(value) or value <= most,
    "minimum": lambda value, least: not _is_number(value) or value >= least,
    "exclusiveMaximum": lambda value, most: not _is_number(value) or value < most,
    "exclusiveMinimum": lambda value, least: not _is_number(value) or value > least,
    "multipleOf": lambda value, part: not _is_number(value) or abs(value / part - round(value / part)) < 1e-9,
    "maxLength": lambda value, most: not isinstance(value, str) or len(value) <= most,
    "minLength": lambda value, least: not isinstance(value, str) or len(value) >= least,
    "pattern": lambda value, text: not isinstance(value, str) or re.search(text, value) is not None,
    "maxItems": lambda value, most: not isinstance(value, list) or len(value) <= most,
    "minItems": lambda value, least: not isinstance(value, list) or len(value) >= least,
    "uniqueItems": lambda value, wanted: not (wanted and isinstance(value, list)) or _differ(value),
    "maxProperties": lambda value, most: not isinstance(value, dict) or len(value) <= most,
    "minProperties": lambda value, least: not isinstance(value, dict) or len(value) >= least,
    "only": lambda value, names: not isinstance(value, dict) or value.keys() <= set(names),
}
KEYWORDS = tuple(_KEYWORDS)


def misfit(value: Any, wanted: Mapping[str, Any]) -> str | None:
    """Why a value does not fit, in words; None where it does. `only` names the properties that an object may have."""
    for keyword, said in wanted.items():
        if not _KEYWORDS[keyword](value, said):
            return f"does not fit {keyword} {said!r:.80}"
    return None


def read_text(text: str, wanted: Mapping[str, Any]) -> Any:
    """What a parameter's text stands for where a number or a truth value is wanted; the text where it is neither."""
    types = wanted.get("type", ())
    kinds = {types} if isinstance(types, str) else set(types)
    if kinds & {"integer", "number"}:
        try:
            return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
        except ValueError:
            return text
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    return text


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _within(value: Any, limit: int) -> None:
    if _is_number(value) and not -limit <= value < limit:
        raise ValueError


def _formatted(value: Any, name: str) -> bool:
    check = _FORMATS.get(name)
    if check is None or value is None or (isinstance(value, str) == name.startswith("int")):
        return True
    try:
        check(value)
    except (ValueError, TypeError):
        return False
    return True


def _differ(values: list[Any]) -> bool:
    return all(one not in values[:index] for index, one in enumerate(values))
