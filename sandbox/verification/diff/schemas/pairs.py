"""All pairs of schemas that are reached from two: cycles end, and what many operations share is compared once."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.schemas.choices import Choices
from sandbox.verification.diff.schemas.found import Difference, Found
from sandbox.verification.diff.schemas.objects import Objects, compare_lists
from sandbox.verification.diff.schemas.values import compare_values
from sandbox.verification.diff.schemas.view import NOTES, Schema, View
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.documents.document import Node

_Key = tuple[tuple[int, ...], tuple[int, ...], bool]


@dataclass(frozen=True, slots=True)
class Reached:
    """A difference and the path of properties to where it stands, empty for the schema itself."""

    difference: Difference
    path: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The path of the property that it is about."""
        below = (self.difference.below,) if self.difference.below else ()
        return "/".join((*self.path, *below))


class SchemaPairs:
    """Compares schemas of two documents in one direction."""

    def __init__(self, old: Views, new: Views, direction: Direction) -> None:
        self._old, self._new = old, new
        self._objects = Objects(old, new, direction)
        self._choices = Choices(old, new, self._same)
        self._known: dict[_Key, Found] = {}
        self._kept: list[tuple[Schema, Schema]] = []  # their ids are keys, so they must live
        self._reached: dict[_Key, tuple[Reached, ...]] = {}

    def reached(self, old: Schema, new: Schema, textual: bool = False) -> tuple[Reached, ...]:
        """All differences from `old` on to `new`, each place once by its shortest path."""
        key = _key(old, new, textual)
        if key not in self._reached:
            self._reached[key] = tuple(self._walk(old, new, textual))
        return self._reached[key]

    def old_types(self, schema: Schema) -> frozenset[str] | None:
        """The types that a schema of the old document takes; None where any will do."""
        return self._old.of(schema).types

    def _walk(self, old: Schema, new: Schema, textual: bool) -> Iterator[Reached]:
        waiting: deque[tuple[Schema, Schema, bool, tuple[str, ...]]] = deque([(old, new, textual, ())])
        passed = {_key(old, new, textual)}
        while waiting:
            before, after, as_text, path = waiting.popleft()
            found = self._local(before, after, as_text)
            yield from (Reached(difference, path) for difference in found.differences)
            for step in found.steps:
                key = _key(step.old, step.new, step.textual)
                if key not in passed:
                    passed.add(key)
                    waiting.append((step.old, step.new, step.textual, (*path, step.name)))

    def _same(self, old: Schema, new: Schema) -> bool:
        """Whether nothing differs; a pair that is being compared further up counts as the same."""
        return next(self._walk(old, new, False), None) is None

    def _local(self, old: Schema, new: Schema, textual: bool) -> Found:
        key = _key(old, new, textual)
        if key in self._known:
            return self._known[key]
        found = self._known[key] = Found()
        self._kept.append((old, new))
        before, after = self._old.of(old), self._new.of(new)
        if self._choices.wrapped(found, old, new, before, after):
            return found
        compare_values(found, before, after, textual)
        self._choices.compare(found, before, after)
        self._objects.compare(found, before, after)
        compare_lists(found, before, after, textual)
        self._further(found, before, after)
        return found

    def _further(self, found: Found, old: View, new: View) -> None:
        for keyword in dict.fromkeys((*old.further, *new.further)):
            before, after = old.further.get(keyword), new.further.get(keyword)
            if before is None and after is not None:
                found.add("constraint-added", f"{keyword} was added", old.source("type"), after)
            elif after is None and before is not None:
                found.add("constraint-removed", f"{keyword} was taken away", before, new.source("type"))
            elif before is not None and after is not None and _content(before, self._old) != _content(after, self._new):
                found.add("constraint-changed", f"{keyword} was changed", before, after)


def _key(old: Schema, new: Schema, textual: bool) -> _Key:
    return tuple(id(node.value) for node in old), tuple(id(node.value) for node in new), textual


def _content(node: Node, views: Views) -> str:
    return json.dumps(_expanded(node, views, ()), sort_keys=True, default=str)


def _expanded(node: Node, views: Views, above: tuple[int, ...]) -> Any:
    """The values below a node with references followed and notes left out; a cycle is cut."""
    target = views.resolved(node)
    if id(target.value) in above:
        return "…"
    if isinstance(target.value, dict):
        inner = (*above, id(target.value))
        return {key: _expanded(below, views, inner) for key, below in target.entries() if key not in NOTES}
    return (
        [_expanded(below, views, above) for below in target.each()] if isinstance(target.value, list) else target.value
    )
