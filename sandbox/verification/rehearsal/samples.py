"""Values that a schema allows: what a new property has in it, and what old values become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.verification.diff.schemas.view import MISSING, Schema, View
from sandbox.verification.diff.schemas.views import Views

_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "uuid": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    "uri": "https://example.com/",
    "email": "someone@example.com",
}
_DEPTH = 4


def sample(views: Views, schema: Schema, depth: int = _DEPTH) -> Any:
    """A value that fits: the default, the first of an enum, an example, or one made up by type."""
    view = views.of(schema)
    if view.default is not MISSING:
        return view.default
    if view.enum:
        return view.enum[0]
    for keyword in ("example", "examples"):
        node = view.sources.get(keyword)
        if node is not None:
            return node.value[0] if keyword == "examples" and isinstance(node.value, list) else node.value
    kinds = view.types or (frozenset(("object",)) if view.properties else frozenset(("string",)))
    kind = next((one for one in _MADE if one in kinds), None)
    return None if kind is None or depth == 0 else _MADE[kind](views, view, depth)


def main_type(view: View) -> str | None:
    """The type that a value of this schema has, the narrowest of several; None where the schema does not say."""
    return next((kind for kind in _MADE if view.types is not None and kind in view.types), None)


def property_for(views: Views, view: View, types: frozenset[str] | None) -> str | None:
    """The property of an object that takes what was a plain value: the first of its type, or the first at all."""
    named = {name: views.of(schema) for name, schema in view.properties.items()}
    fitting = [name for name, one in named.items() if types is not None and one.types is not None and types & one.types]
    return next(iter([*fitting, *named]), None)


def _object(views: Views, view: View, depth: int) -> dict[str, Any]:
    names = [name for name in view.properties if name in view.required]
    return {name: sample(views, view.properties[name], depth - 1) for name in names}


def _array(views: Views, view: View, depth: int) -> list[Any]:
    least = view.bounds.get("minItems")
    return [sample(views, view.items or (), depth - 1)] if least is not None and least.value > 0 else []


def _string(views: Views, view: View, depth: int) -> str:
    text = _FORMATS.get(view.format or "", "new")
    least, most = view.bounds.get("minLength"), view.bounds.get("maxLength")
    text = text.ljust(int(least.value), "x") if least is not None else text
    return text[: int(most.value)] if most is not None else text


def _number(views: Views, view: View, depth: int) -> int:
    least, most = view.bounds.get("minimum"), view.bounds.get("maximum")
    if least is not None and least.value > 0:
        return int(least.value) + int(least.exclusive)
    return int(most.value) - 1 if most is not None and most.value < 0 else 0


_MADE: Mapping[str, Callable[[Views, View, int], Any]] = {
    "object": _object,
    "array": _array,
    "integer": _number,
    "number": _number,
    "boolean": lambda *_: False,
    "string": _string,
}
