"""How the keywords of schemas that hold together are merged: the tighter one counts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from sandbox.verification.diff.schemas.found import common_values
from sandbox.verification.diff.schemas.view import FURTHER, Bound, Schema, View
from sandbox.verification.documents.document import Node

_COUNTS = ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties")


def _types(view: View, node: Node) -> None:
    told = node.value.get("type")
    kinds = {told} if isinstance(told, str) else set(map(str, told)) if isinstance(told, list) else None
    if kinds is None and "properties" in node.value and "$ref" not in node.value:
        kinds = {"object"}  # what nearly all who leave the type out mean
    if node.flag("nullable") or node.flag("x-nullable"):
        view.nullable = view.null_besides = True
    elif kinds is not None or lists_of(node):
        takes_null(view, (kinds is None or "null" in kinds) and all(None in values for values in lists_of(node)))
    if kinds is not None:
        own = frozenset("string" if kind == "file" else kind for kind in kinds if kind != "null")
        view.types = own if view.types is None else common_types(view.types, own)


def takes_null(view: View, told: bool) -> None:
    """Note whether a part of a schema takes null: all must, but where null is taken whatever else holds."""
    if not view.null_besides:
        view.nullable = view.nullable is not False and told


def common_types(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """The types that two sets have in common; whole numbers are numbers."""
    both = one & other
    for few, many in ((one, other), (other, one)):
        if "integer" in few and "number" in many:
            both |= {"integer"}
    return both


def lists_of(node: Node) -> list[list[Any]]:
    """The lists of values that a node names, of which a value must be in each: `enum`, and `const` as one of one."""
    told = node.value.get("enum")
    return [*([told] if isinstance(told, list) else []), *([[node.value["const"]]] if "const" in node.value else [])]


def _values(view: View, node: Node) -> None:
    for listed in lists_of(node):
        own = [value for value in listed if value is not None]
        view.enum = own if view.enum is None else common_values(own, view.enum)
    growing = node.value.get("x-extensible-enum")
    if isinstance(growing, list):
        view.extensible = growing
    if view.format is None:
        view.format = node.text("format")
    if (pattern := node.get("pattern")) is not None and isinstance(pattern.value, str):
        view.patterns[pattern.value] = pattern
    view.unique = view.unique or node.flag("uniqueItems")
    if (multiple := _number(node.value.get("multipleOf"))) is not None and multiple > 0:
        view.multiple_of = multiple if view.multiple_of is None else common_multiple(multiple, view.multiple_of)
    if "default" in node.value:
        view.default = node.value["default"]


def common_multiple(one: float, other: float) -> float:
    """The least number that both divide."""
    first, second = Fraction(str(one)), Fraction(str(other))
    both = Fraction(
        math.lcm(first.numerator * second.denominator, second.numerator * first.denominator),
        first.denominator * second.denominator,
    )
    return int(both) if both.denominator == 1 else float(both)


def _marks(view: View, node: Node) -> None:
    view.read_only = view.read_only or node.flag("readOnly")
    view.write_only = view.write_only or node.flag("writeOnly")
    view.deprecated = view.deprecated or node.flag("deprecated")
    for keyword in FURTHER:
        if (below := node.get(keyword)) is not None:
            view.further.setdefault(keyword, below)
    if view.discriminator is None:
        view.discriminator = node.get("discriminator")


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _bounds(view: View, node: Node) -> None:
    for keyword in _COUNTS:
        value = _number(node.value.get(keyword))
        if value is not None and not (keyword.startswith("min") and value <= 0):
            _tighten(view, keyword, Bound(value, False, node.get(keyword) or node))
    for keyword, strict in (("maximum", "exclusiveMaximum"), ("minimum", "exclusiveMinimum")):
        value, beyond = _number(node.value.get(keyword)), node.value.get(strict)
        if value is not None:
            _tighten(view, keyword, Bound(value, beyond is True, node.get(keyword) or node))
        if (exclusive := _number(beyond)) is not None:
            _tighten(view, keyword, Bound(exclusive, True, node.get(strict) or node))


def _tighten(view: View, keyword: str, bound: Bound) -> None:
    known = view.bounds.get(keyword)
    if known is None or tighter(keyword, bound, known):
        view.bounds[keyword] = bound


def tighter(keyword: str, bound: Bound, than: Bound) -> bool:
    """Whether a bound leaves fewer values than another of the same keyword."""
    if bound.value == than.value:
        return bound.exclusive and not than.exclusive
    return bound.value < than.value if keyword.startswith("max") else bound.value > than.value


def _objects(view: View, node: Node) -> None:
    for name, below in node.mapping("properties") if isinstance(node.value.get("properties"), dict) else []:
        view.properties[name] = (*view.properties.get(name, ()), below)
    required = node.get("required")
    for one in required.each() if required is not None else []:
        if isinstance(one.value, str):
            view.required.setdefault(one.value, one)
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        others = node.get(keyword)
        if others is not None and others.value is False:
            view.closed = True
        elif others is not None and isinstance(others.value, dict) and others.value:
            view.additional = (*view.additional, others)
    if isinstance(node.value.get("patternProperties"), dict):
        for name, below in node.mapping("patternProperties"):
            view.by_pattern[name] = (*view.by_pattern.get(name, ()), below)


def _lists(view: View, node: Node) -> None:
    items = node.get("items")
    if items is not None and isinstance(items.value, list):
        view.entries = items.each()
    elif items is not None:
        known: Schema = view.items or ()
        view.items = (*known, items)
    if isinstance(node.value.get("prefixItems"), list):
        view.entries = node.sequence("prefixItems")


def merge(view: View, node: Node) -> None:
    """Take into `view` what the keywords of `node` say."""
    for part in (_types, _values, _marks, _bounds, _objects, _lists):
        part(view, node)
