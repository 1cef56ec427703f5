"""What pydantic finds wrong, in the words of whoever wrote the file."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from sandbox.errors import did_you_mean

Where = tuple[str | int, ...]
MISSING = "is missing"

_EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "list_type": "a list (items that begin with '- ')",
    "tuple_type": "a list (items that begin with '- ')",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
}
_LIMITS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def cleaned(loc: Sequence[str | int], data: Any) -> Where:
    """Pydantic's location without the names of union members, which nobody wrote."""
    where: list[str | int] = []
    node = data
    for index, part in enumerate(loc):
        if _has(node, part):
            node = node[part]
        elif index < len(loc) - 1 or not isinstance(node, Mapping):
            continue
        where.append(part)
    return tuple(where)


def _has(node: Any, part: str | int) -> bool:
    if isinstance(node, Mapping):
        return part in node
    return isinstance(node, list) and isinstance(part, int) and part < len(node)


def problem_words(model: type[BaseModel], where: Where, error: ErrorDetails) -> tuple[str, str | None]:
    """Message and remedy for one of pydantic's errors."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key", did_you_mean(str(where[-1]), known_keys(model, where[:-1]))
    if kind == "missing":
        return MISSING, f"add it: {where[-1]}: …"
    if kind in _EXPECTED:
        return f"{_EXPECTED[kind]} was expected, not {_shown(error['input'])}", None
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        return f"must be {words} {_whole(context[key])}, not {_shown(error['input'])}", None
    if kind in ("literal_error", "enum"):
        names = [name.strip(" '") for name in str(context["expected"]).replace(" or ", ",").split(",")]
        return f"unknown value {_shown(error['input'])}", did_you_mean(str(error["input"]), names)
    message = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return message, context.get("remedy")


def known_keys(model: type[BaseModel], where: Where) -> list[str]:
    """The keys that may stand in the mapping at `where`."""
    level: list[Any] = [model]
    for part in where:
        level = [inner for kind in level for inner in _inside(kind, part)]
    return sorted({key for kind in _members(level) if _is_model(kind) for key in _fields(kind)})


def _shown(value: object) -> str:
    if isinstance(value, Mapping | list):
        return "a list" if isinstance(value, list) else "keys and values"
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else repr(value)[:60]


def _whole(number: float) -> str:
    return f"{int(number):,}" if number == int(number) else str(number)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _members(kinds: list[Any]) -> list[Any]:
    """Unions and annotations taken apart."""
    flat: list[Any] = []
    for kind in kinds:
        if get_origin(kind) in (Union, types.UnionType):
            flat += _members(list(get_args(kind)))
        elif get_origin(kind) is Annotated:
            flat += _members([get_args(kind)[0]])
        else:
            flat.append(kind)
    return flat


def _inside(kind: Any, part: str | int) -> list[Any]:
    """The types of what stands under `part` in a value of type `kind`."""
    found: list[Any] = []
    for member in _members([kind]):
        if _is_model(member) and (inner := _fields(member).get(str(part))) is not None:
            found.append(inner)
        elif get_origin(member) in (list, tuple, dict, Mapping, Sequence) and get_args(member):
            args = get_args(member)
            found.append(args[1] if len(args) == 2 and args[1] is not Ellipsis else args[0])
    return found
