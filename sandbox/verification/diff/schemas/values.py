"""Types, formats, enums, bounds, patterns and marks of two schemas."""

from __future__ import annotations

from sandbox.verification.diff.schemas.found import Found, listed, same_value, shown, without
from sandbox.verification.diff.schemas.merging import tighter
from sandbox.verification.diff.schemas.patterns import TRIVIAL, Patterns, compared_patterns
from sandbox.verification.diff.schemas.view import HINTS, MISSING, Bound, View

_WIDER = {("int32", "int64"), ("float", "double")}
_SLUGS = {
    "maximum": "max",
    "minimum": "min",
    "maxLength": "max-length",
    "minLength": "min-length",
    "maxItems": "max-items",
    "minItems": "min-items",
    "maxProperties": "max-properties",
    "minProperties": "min-properties",
}


def compare_values(found: Found, old: View, new: View, textual: bool) -> None:
    """Note what differs in the values that two schemas allow. `textual`: written as text, as parameters are."""
    _types(found, old, new, textual)
    _enums(found, old, new)
    for keyword in _SLUGS:
        _bound(found, keyword, old.bounds.get(keyword), new.bounds.get(keyword), old, new)
    _patterns(found, old, new)
    _counts(found, old, new)
    _marks(found, old, new)


def compare_null(found: Found, old: View, new: View, was: bool | None, now: bool | None) -> None:
    """Note whether null came or went, which fitted and fits as told; None where nothing says so."""
    if was is None or now is None or was == now:
        return
    rule = "became-nullable" if now else "became-not-nullable"
    told = "null is allowed now" if now else "null is not allowed any more"
    found.add(rule, told, old.source("nullable", "type"), new.source("nullable", "type"))


def _types(found: Found, old: View, new: View, textual: bool) -> None:
    kind = _type_change(old, new, textual)
    if kind is not None:
        told = f"{_type_name(old)} became {_type_name(new)}"
        found.add(kind, told, old.source("type", "format"), new.source("type", "format"))


def _type_change(old: View, new: View, textual: bool) -> str | None:
    if old.types != new.types:
        if _covers(new.types, old.types):
            return "type-generalized"
        if _covers(old.types, new.types):
            return "type-specialized"
        text = frozenset(("string",))
        if textual and new.types == text and not (new.enum or new.patterns or new.format) and _single(old):
            return "type-generalized"
        if textual and old.types == text and not (old.enum or old.patterns or old.format) and _single(new):
            return "type-specialized"
        return "type-changed"
    before, after = (None if view.format in HINTS else view.format for view in (old, new))
    if before == after:
        return None
    if after is None or (before, after) in _WIDER:
        return "type-generalized"
    if before is None or (after, before) in _WIDER:
        return "type-specialized"
    return "type-changed"


def _covers(many: frozenset[str] | None, few: frozenset[str] | None) -> bool:
    if many is None:
        return True
    return few is not None and all(kind in many or (kind == "integer" and "number" in many) for kind in few)


def _single(view: View) -> bool:
    return view.types is not None and not view.types & {"array", "object"}


def _type_name(view: View) -> str:
    if view.types is None:
        return "any type"
    told = " or ".join(sorted(view.types)) or "nothing at all"
    return f"{told} ({view.format})" if view.format else told


def _enums(found: Found, old: View, new: View) -> None:
    places = old.source("enum", "const"), new.source("enum", "const")
    if old.enum is not None and new.enum is not None:
        if more := without(new.enum, old.enum):
            found.add("enum-value-added", f"the enum got {listed(more)}", *places)
        if fewer := without(old.enum, new.enum):
            found.add("enum-value-removed", f"the enum lost {listed(fewer)}", *places)
    elif new.enum is not None:
        found.add("became-enum", f"only {listed(new.enum)} may be used now", *places)
    elif old.enum is not None:
        found.add("enum-unset", f"it need not be one of {listed(old.enum)} any more", *places)
    if old.extensible is not None and new.extensible is not None:
        places = old.source("x-extensible-enum"), new.source("x-extensible-enum")
        if more := without(new.extensible, old.extensible):
            found.add("extensible-enum-value-added", f"the open list got {listed(more)}", *places)
        if fewer := without(old.extensible, new.extensible):
            found.add("extensible-enum-value-removed", f"the open list lost {listed(fewer)}", *places)


def _bound(found: Found, keyword: str, old: Bound | None, new: Bound | None, before: View, after: View) -> None:
    slug = _SLUGS[keyword]
    if old is not None and new is not None:
        if (old.value, old.exclusive) != (new.value, new.exclusive):
            lower = tighter(keyword, new, old) == slug.startswith("max")
            told = f"{keyword} went from {_limit(old)} to {_limit(new)}"
            found.add(f"{slug}-{'decreased' if lower else 'increased'}", told, old.node, new.node)
    elif new is not None:
        found.add(f"{slug}-set", f"{keyword} was set to {_limit(new)}", before.source("type"), new.node)
    elif old is not None:
        found.add(f"{slug}-unset", f"{keyword} {_limit(old)} was taken away", old.node, after.source("type"))


def _limit(bound: Bound) -> str:
    return shown(bound.value) + (" (exclusive)" if bound.exclusive else "")


def _patterns(found: Found, old: View, new: View) -> None:
    before, after = ({text: node for text, node in view.patterns.items() if text not in TRIVIAL} for view in (old, new))
    if before.keys() == after.keys():
        return
    places = old.source("pattern"), new.source("pattern")
    if not before:
        found.add("pattern-added", f"the pattern {' and '.join(after)} was set", *places)
    elif not after:
        found.add("pattern-removed", f"the pattern {' and '.join(before)} was taken away", *places)
    else:
        relation, witness = compared_patterns(list(before), list(after))
        told = f"the pattern {' and '.join(before)} became {' and '.join(after)}{witness}"
        found.add(_PATTERN_RULES[relation], told, *places)


_PATTERN_RULES = {
    Patterns.WIDER: "pattern-generalized",
    Patterns.NARROWER: "pattern-specialized",
    Patterns.OTHER: "pattern-replaced",
    Patterns.UNKNOWN: "pattern-changed",
}


def _counts(found: Found, old: View, new: View) -> None:
    if old.unique != new.unique:
        told = "entries must differ now" if new.unique else "entries may be the same now"
        rule = "unique-items-set" if new.unique else "unique-items-unset"
        found.add(rule, told, old.source("uniqueItems"), new.source("uniqueItems"))
    before, after = old.multiple_of, new.multiple_of
    if before == after:
        return
    places = old.source("multipleOf"), new.source("multipleOf")
    if before is None or after is None:
        rule = "multiple-of-set" if before is None else "multiple-of-unset"
        found.add(rule, f"multipleOf went from {shown(before)} to {shown(after)}", *places)
        return
    finer, coarser = _divides(after, before), _divides(before, after)
    rule = "multiple-of-generalized" if finer else "multiple-of-specialized" if coarser else "multiple-of-changed"
    found.add(rule, f"multipleOf went from {shown(before)} to {shown(after)}", *places)


def _divides(part: float, whole: float) -> bool:
    times = whole / part
    return abs(times - round(times)) < 1e-9


def _marks(found: Found, old: View, new: View) -> None:
    if old.deprecated != new.deprecated:
        rule, told = (
            ("deprecated", "it is deprecated now") if new.deprecated else ("reactivated", "it is deprecated no more")
        )
        found.add(rule, told, old.source("deprecated"), new.source("deprecated"))
    if old.default is MISSING and new.default is MISSING:
        return
    if MISSING in (old.default, new.default) or not same_value(old.default, new.default):
        before, after = ("none" if value is MISSING else shown(value) for value in (old.default, new.default))
        found.add(
            "default-value-changed",
            f"the default went from {before} to {after}",
            old.source("default"),
            new.source("default"),
        )
