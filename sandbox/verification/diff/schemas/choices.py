"""`oneOf`, `anyOf` and discriminators of two schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.verification.diff.schemas.chosen import Chosen
from sandbox.verification.diff.schemas.found import Found, Step
from sandbox.verification.diff.schemas.overlapping import Overlaps
from sandbox.verification.diff.schemas.sameness import Sameness
from sandbox.verification.diff.schemas.view import NOTES, Schema, Variant, View
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.documents.document import Node

_SLUGS = {"oneOf": "one-of", "anyOf": "any-of"}


class Choices:
    """Matches the variants of choices: by the discriminator's value, by name, by content, or as the only one left."""

    def __init__(self, old: Views, new: Views, sameness: Sameness) -> None:
        self._old, self._new = old, new
        self._same, self._same_within = sameness.schemas, sameness.schemas_within
        self._overlaps = Overlaps(old, new)
        self._chosen = Chosen()

    def wrapped(self, found: Found, before: Schema, after: Schema, old: View, new: View) -> bool:
        """Whether a schema became one of several, or the other way round; notes the variants that came or went."""

        def within(one: Schema, other: Schema) -> bool:
            return self._same_within(one, other, (before, after))

        if new.choice and not old.choice and _says_nothing_else(new, old, "nullable"):
            added = f"{_SLUGS[new.choice]}-added"
            return self._one_of_several(found, added, before, old, new, lambda one: within(before, (one,)))
        if old.choice and not new.choice and _says_nothing_else(old, new):
            removed = f"{_SLUGS[old.choice]}-removed"
            return self._one_of_several(found, removed, after, old, new, lambda one: within((one,), after))
        return False

    def _one_of_several(
        self, found: Found, rule: str, single: Schema, old: View, new: View, same: Callable[[Node], bool]
    ) -> bool:
        many, other = (new, old) if new.choice else (old, new)
        if not single or not any(same(variant.node) for variant in many.variants):
            return False
        for variant in many.variants:
            if same(variant.node):
                continue
            if rule.endswith("added"):
                found.add(rule, f"{_named(variant)} is another variant now", other.source(), variant.node)
            else:
                found.add(rule, f"{_named(variant)} is no variant any more", variant.node, other.source())
        self._overlaps.wrapped(found, old, new, same)
        return True

    def compare(self, found: Found, before: Schema, after: Schema, old: View, new: View) -> None:
        """Note variants that came or went, and step into those that both have, or into each that only one has."""
        places = old.source("oneOf", "anyOf"), new.source("oneOf", "anyOf")
        if old.choice and new.choice:
            if old.choice != new.choice:
                rule = f"{_SLUGS[old.choice]}-became-{_SLUGS[new.choice]}"
                found.add(rule, f"{old.choice} became {new.choice}", *places)
            self._variants(found, old, new)
        elif self._chosen.told(after if new.choice else before, new if new.choice else old):
            return
        elif new.choice:
            found.add("variants-set", f"it must be {_any(new)} now", *places)
            for one in new.variants:
                found.steps.append(Step(f"({_named(one)})", before, self._chosen.of(new, one)))
        elif old.choice:
            found.add("variants-unset", f"it need not be {_any(old)} any more", *places)
            for one in old.variants:
                found.steps.append(Step(f"({_named(one)})", self._chosen.of(old, one), after))
        self._discriminator(found, old, new)

    def _variants(self, found: Found, old: View, new: View) -> None:
        slug_old, slug_new = _SLUGS[old.choice or "oneOf"], _SLUGS[new.choice or "oneOf"]
        gone, come = list(old.variants), list(new.variants)
        pairs = self._pairs(gone, come, old, new)
        self._overlaps.compare(found, old, new, pairs)
        for before, after in pairs:
            gone.remove(before)
            come.remove(after)
            found.steps.append(Step(f"({_named(after)})", (before.node,), (after.node,)))
        for variant in gone:
            found.add(
                f"{slug_old}-removed",
                f"{_named(variant)} is no variant any more",
                variant.node,
                new.source("oneOf", "anyOf"),
            )
        for variant in come:
            found.add(
                f"{slug_new}-added",
                f"{_named(variant)} is another variant now",
                old.source("oneOf", "anyOf"),
                variant.node,
            )

    def _pairs(
        self, old: list[Variant], new: list[Variant], before: View, after: View
    ) -> list[tuple[Variant, Variant]]:
        told_old, told_new = _mapping(before, self._old), _mapping(after, self._new)
        values_old = {self._old.resolved(node).pointer: value for value, node in told_old.items()}
        values_new = {self._new.resolved(node).pointer: value for value, node in told_new.items()}
        ways: list[Callable[[Variant, Variant], bool]] = [
            lambda one, other: _equal(values_old.get(self._old.resolved(one.node).pointer),
                                      values_new.get(self._new.resolved(other.node).pointer)),
            lambda one, other: _equal(one.label, other.label),
            lambda one, other: self._same((one.node,), (other.node,)),
        ]  # fmt: skip
        pairs: list[tuple[Variant, Variant]] = []
        left_old, left_new = list(old), list(new)
        for way in ways:
            for one in list(left_old):
                other = next((other for other in left_new if way(one, other)), None)
                if other is not None:
                    pairs.append((one, other))
                    left_old.remove(one)
                    left_new.remove(other)
        if len(left_old) == len(left_new) == 1 and left_old[0].label is None and left_new[0].label is None:
            pairs.append((left_old[0], left_new[0]))
        return pairs

    def _discriminator(self, found: Found, old: View, new: View) -> None:
        before, after = old.discriminator, new.discriminator
        if before is None and after is None:
            return
        if before is None or after is None:
            rule, told = (
                ("discriminator-added", "was added") if before is None else ("discriminator-removed", "was taken away")
            )
            name = _property(after or before)
            found.add(rule, f"the discriminator {name} {told}", before or old.source(), after or new.source())
            return
        if _property(before) != _property(after):
            told = f"the discriminator went from {_property(before)} to {_property(after)}"
            found.add("discriminator-property-name-changed", told, before, after)
        self._values(found, old, new, before, after)

    def _values(self, found: Found, old: View, new: View, before: Node, after: Node) -> None:
        told_old, told_new = _mapping(old, self._old), _mapping(new, self._new)
        labels_old, labels_new = ({variant.label for variant in view.variants} for view in (old, new))
        for value, node in told_new.items():
            if (
                value not in told_old
                and value not in labels_old
                and (not new.variants or self._label(node) in labels_old)
            ):
                found.add("discriminator-mapping-added", f"{value} means {self._label(node)} now, too", before, after)
        for value, node in told_old.items():
            other = told_new.get(value)
            if other is None and value not in labels_new and (not new.variants or self._label(node) in labels_new):
                found.add(
                    "discriminator-mapping-deleted",
                    f"{value} does not mean {self._label(node)} any more",
                    before,
                    after,
                )
            elif other is not None and not self._same((node,), (other,)) and self._label(node) != self._label(other):
                told = f"{value} meant {self._label(node)} and means {self._label(other)}"
                found.add("discriminator-mapping-changed", told, before, after)
            elif other is not None and not old.variants and not new.variants:
                found.steps.append(Step(f"({value})", (node,), (other,)))

    def _label(self, node: Node) -> str:
        return str(node.pointer[-1]) if node.pointer else "the document"


def _says_nothing_else(choice: View, single: View, *besides: str) -> bool:
    """Whether a choice is all that a schema says, but for a type that the single schema has, too, and what is named."""
    if len(choice.nodes) != 1:
        return False
    value = choice.nodes[0].value
    more = {key for key in value if not str(key).startswith("x-")} - {choice.choice, "discriminator", *NOTES, *besides}
    return not more - {"type"} and (not more or value["type"] in [_type(node) for node in single.nodes])


def _type(node: Node) -> Any:
    return node.value.get("type") if isinstance(node.value, dict) else None


def _equal(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


def _named(variant: Variant) -> str:
    return variant.label or "an unnamed schema"


def _any(view: View) -> str:
    return " or ".join(dict.fromkeys(map(_named, view.variants)))


def _property(node: Node | None) -> str:
    if node is None:
        return ""
    return node.text("propertyName") or str(node.value if isinstance(node.value, str) else "")


def _mapping(view: View, views: Views) -> dict[str, Node]:
    """What the explicit values of a discriminator stand for; one may be the bare name of a schema."""
    node = view.discriminator
    found: dict[str, Node] = {}
    if node is None or not isinstance(node.value, dict):
        return found
    mapping = node.get("mapping")
    for value, told in mapping.entries() if mapping is not None else []:
        if isinstance(told.value, str):
            bare = told.value.replace(".", "").replace("-", "").replace("_", "").isalnum() and "/" not in told.value
            ref = (
                f"#/components/schemas/{told.value}"
                if bare and not told.value.endswith((".json", ".yaml", ".yml"))
                else told.value
            )
            found[value] = views.target(told, ref)
    return found
