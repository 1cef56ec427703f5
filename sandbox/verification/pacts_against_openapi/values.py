"""Single values against what a schema says of them: type, enum, pattern, bounds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.verification.diff.schemas.view import View
from sandbox.verification.documents.document import Node

_COUNTED = {"Length": str, "Items": list, "Properties": dict}
_UNITS = {"Length": "characters", "Items": "entries", "Properties": "properties"}
_FORMATS = {
    "uuid": re.compile(r"[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}", re.IGNORECASE),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a value does not fit, and where the schema says so. `kind`: it is of another type altogether."""

    text: str
    node: Node | None
    kind: bool = False


def types_of(value: Any) -> frozenset[str]:
    """The JSON Schema types that a value has."""
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return frozenset({"integer", "number"})
    if value is None:
        return frozenset({"null"})
    names = {float: "number", str: "string", list: "array", dict: "object"}
    return frozenset({names[type(value)]})


def doubts(value: Any, view: View) -> Iterator[Doubt]:
    """Everything that a schema says against a value by itself, without what is inside of it."""
    if value is None:
        if not view.nullable and (view.types is not None or view.enum is not None):
            yield Doubt("it is null, which is not allowed", view.source("type", "nullable"), kind=True)
        return
    if view.types is not None and not types_of(value) & view.types:
        named = " or ".join(sorted(view.types)) or "nothing"
        yield Doubt(f"{shown(value)} is {_article(value)}, declared is {named}", view.source("type"), kind=True)
        return
    if view.enum is not None and not any(_same(value, one) for one in view.enum):
        known = ", ".join(map(shown, view.enum[:8]))
        yield Doubt(f"{shown(value)} is none of {known}", view.source("enum", "const"))
    yield from _limits(value, view)


def _limits(value: Any, view: View) -> Iterator[Doubt]:
    for keyword, bound in view.bounds.items():
        size, unit = _size(value, keyword)
        if size is None:
            continue
        over = size > bound.value if keyword.startswith("max") else size < bound.value
        if over or (bound.exclusive and size == bound.value):
            way = ("less than" if bound.exclusive else "at most") if keyword.startswith("max") else "at least"
            way = "more than" if bound.exclusive and keyword.startswith("min") else way
            yield Doubt(f"{shown(value)} has to have {way} {bound.value:g}{unit}", bound.node)
    if isinstance(value, str):
        yield from _text(value, view)
    if view.multiple_of and isinstance(value, int | float) and not isinstance(value, bool):
        parts = value / view.multiple_of
        if abs(parts - round(parts)) > 1e-9 * max(1.0, abs(parts)):
            yield Doubt(f"{shown(value)} is no multiple of {view.multiple_of:g}", view.source("multipleOf"))
    if view.unique and isinstance(value, list):
        texts = [json.dumps(one, sort_keys=True) for one in value]
        if len(set(texts)) < len(texts):
            yield Doubt("an entry stands twice, and each has to be unique", view.source("uniqueItems"))


def _size(value: Any, keyword: str) -> tuple[float | None, str]:
    counted = keyword[3:]
    if counted in _COUNTED:
        return (len(value), f" {_UNITS[counted]}") if isinstance(value, _COUNTED[counted]) else (None, "")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None, ""
    return value, ""


def _text(value: str, view: View) -> Iterator[Doubt]:
    for pattern, node in view.patterns.items():
        try:
            fits = re.search(pattern, value) is not None
        except re.error:  # a dialect that Python does not read
            continue
        if not fits:
            yield Doubt(f"{shown(value)} does not match {pattern}", node)
    known = _FORMATS.get(view.format or "")
    if known is not None and not known.fullmatch(value):
        yield Doubt(f"{shown(value)} is no {view.format}", view.source("format"))


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other) if isinstance(one, bool) else bool(one == other)


def shown(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _article(value: Any) -> str:
    names = sorted(types_of(value))
    return f"{'an' if names[0][0] in 'aio' else 'a'} {names[0]}"
