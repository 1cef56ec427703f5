"""Whether two schemas have a value in common, as far as their words tell."""

from __future__ import annotations

from typing import Any

from sandbox.verification.diff.schemas.found import without
from sandbox.verification.diff.schemas.merging import common_types
from sandbox.verification.diff.schemas.view import Bound, Schema, Variant, View
from sandbox.verification.diff.schemas.views import Views

_KINDS = frozenset(("array", "boolean", "number", "object", "string"))
_LIMITS = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
}
_FORMATS = frozenset(("date", "date-time", "time", "duration", "uuid", "email", "ipv4", "ipv6"))  # no text is two
_ANYTHING = View()
_DEEPEST = 8


class Disjoint:
    """Shows of schemas of one document that no value fits both. What it cannot show may still be so.

    Objects are taken as their authors mean them: where each of two requires a property that the other does not know,
    none is both, although open objects may have properties that nobody declared.
    """

    def __init__(self, views: Views) -> None:
        self._views = views
        self._known: dict[tuple[tuple[int, ...], tuple[int, ...], int], tuple[Any, bool]] = {}

    def variants(self, choice: View, one: Variant, other: Variant) -> bool:
        """Whether no value fits two variants of a choice."""
        return choice.discriminator is not None or self._apart((one.node,), (other.node,), choice, 0)

    def _apart(self, one: Schema, other: Schema, beside: View, depth: int) -> bool:
        """Whether no value fits both; `beside` is what holds for both anyway. One that holds itself is not shown."""
        key = tuple(id(node.value) for node in one), tuple(id(node.value) for node in other), id(beside)
        if key not in self._known:
            if depth == _DEEPEST:
                return False
            held = one, other, beside  # kept alive: they are known by their ids
            self._known[key] = held, False
            self._known[key] = held, self._shown(one, other, beside, depth + 1)
        return self._known[key][1]

    def _shown(self, one: Schema, other: Schema, beside: View, depth: int) -> bool:
        left, right = self._views.of(one), self._views.of(other)
        for view, rest in ((left, other), (right, one)):
            if view.variants and all(self._apart((inner.node,), rest, beside, depth) for inner in view.variants):
                return True
        if self._told_by_one_property(left, right):
            return True
        if beside.nullable is not False and all(self._views.takes_null(view) is not False for view in (left, right)):
            return False
        if left.enum is not None and right.enum is not None and len(without(left.enum, right.enum)) == len(left.enum):
            return True
        kinds = _KINDS
        for told in (beside.types, left.types, right.types, _kinds_of(left.enum), _kinds_of(right.enum)):
            kinds = kinds if told is None else common_types(kinds, told)
        return all(self._of_kind(kind, left, right, beside, depth) for kind in kinds)

    def _of_kind(self, kind: str, left: View, right: View, beside: View, depth: int) -> bool:
        if kind in _LIMITS and (_beyond(kind, left, right) or _beyond(kind, right, left)):
            return True
        if kind == "string":
            return left.format != right.format and {left.format, right.format} <= _FORMATS
        if kind == "array":
            some = "minItems" in left.bounds or "minItems" in right.bounds
            both = left.items is not None and right.items is not None
            return some and both and self._apart(left.items or (), right.items or (), _ANYTHING, depth)
        return kind == "object" and self._objects(left, right, beside, depth)

    def _told_by_one_property(self, left: View, right: View) -> bool:
        """Whether one discriminator tells both, as with schemas that extend a common one."""
        one, other = left.discriminator, right.discriminator
        if one is None or other is None or one.value != other.value:
            return False
        return self._views.resolved(left.nodes[0]).value is not self._views.resolved(right.nodes[0]).value

    def _objects(self, left: View, right: View, beside: View, depth: int) -> bool:
        known = beside.properties.keys()
        if _own(left, right, known) and _own(right, left, known):
            return True
        for name in dict.fromkeys((*left.required, *right.required, *beside.required)):
            one, other = left.properties.get(name), right.properties.get(name)
            if one is not None and other is not None and self._apart(one, other, _ANYTHING, depth):
                return True
            if (one is None and _rules_out(left, name)) or (other is None and _rules_out(right, name)):
                return True
        return False


def _own(view: View, other: View, known: Any) -> bool:
    """Whether a schema requires a property of which another says nothing."""
    free = not other.additional and not other.by_pattern
    return free and any(name not in other.properties and name not in known for name in view.required)


def _rules_out(view: View, name: str) -> bool:
    return view.closed and name not in view.properties and not view.by_pattern


def _kinds_of(values: list[Any] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(map(_kind, values))


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if float(value).is_integer() else "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _beyond(kind: str, low: View, high: View) -> bool:
    """Whether the least that one takes is more than the most that another takes."""
    least, most = _LIMITS[kind]
    return _above(high.bounds.get(least), low.bounds.get(most))


def _above(least: Bound | None, most: Bound | None) -> bool:
    if least is None or most is None:
        return False
    return least.value > most.value or (least.value == most.value and (least.exclusive or most.exclusive))
