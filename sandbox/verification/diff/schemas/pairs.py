"""All pairs of schemas that are reached from two: cycles end, and what many operations share is compared once."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.rules.table import TAKING_LESS, TAKING_MORE
from sandbox.verification.diff.schemas.choices import Choices
from sandbox.verification.diff.schemas.found import Difference, Found
from sandbox.verification.diff.schemas.objects import Objects, compare_lists
from sandbox.verification.diff.schemas.overlapping import ADDED, REMOVED, Moved
from sandbox.verification.diff.schemas.values import compare_values
from sandbox.verification.diff.schemas.view import NOTES, Schema, View
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.documents.document import Node

_Key = int  # pairs are numbered: their schemas' ids would be hashed at every step
_Trail = tuple[Any, str] | None  # the trail up to here and the last step's name


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


@dataclass(slots=True)
class _Pair:
    """Two schemas with what differs in them, and the keys of the pairs inside, found when they are first looked at."""

    old: Schema
    new: Schema
    textual: bool
    found: Found | None = None
    inside: list[tuple[str, _Key]] = field(default_factory=list)


class SchemaPairs:
    """Compares schemas of two documents in one direction."""

    def __init__(self, old: Views, new: Views, direction: Direction) -> None:
        self._old, self._new = old, new
        self._objects = Objects(old, new, direction)
        self._choices = Choices(old, new, self._same)
        self._pairs: list[_Pair] = []  # keeps the schemas alive, by whose ids they are numbered
        self._numbers: dict[tuple[tuple[int, ...], tuple[int, ...], bool], _Key] = {}
        self._reached: dict[_Key, tuple[Reached, ...]] = {}
        self._alike: set[_Key] = set()  # pairs from which no difference is reached

    def reached(self, old: Schema, new: Schema, textual: bool = False) -> tuple[Reached, ...]:
        """All differences from `old` on to `new`, each place once by its shortest path."""
        key = self._key(old, new, textual)
        if key not in self._reached:
            trails = dict(self._walk(key))
            self._weigh_overlaps(trails)
            found = self._reached[key] = tuple(
                Reached(difference, path)
                for passed, trail in trails.items()
                if (differences := self._looked_at(passed).differences)
                for path in (_path(trail),)
                for difference in differences
            )
            if not found:
                self._alike |= trails.keys()
        return self._reached[key]

    def old_types(self, schema: Schema) -> frozenset[str] | None:
        """The types that a schema of the old document takes; None where any will do."""
        return self._old.of(schema).types

    def _walk(self, start: _Key) -> Iterator[tuple[_Key, _Trail]]:
        """All pairs from `start` on, each once by its shortest path, but for those known to be alike."""
        waiting: deque[tuple[_Key, _Trail]] = deque([(start, None)])
        passed = {start}
        while waiting:
            key, trail = waiting.popleft()
            self._looked_at(key)
            yield key, trail
            for name, inner in self._pairs[key].inside:
                if inner not in passed and inner not in self._alike:
                    passed.add(inner)
                    waiting.append((inner, (trail, name)))

    def _weigh_overlaps(self, keys: Iterable[_Key]) -> None:
        """Make differences of the overlaps that matter; `keys` are all pairs that are reached from a schema."""
        waiting = [(found, overlap) for key in keys for found in (self._looked_at(key),) for overlap in found.overlaps]
        told = bool(waiting)
        while told:  # what one comes to may make another matter
            told = False
            moved = {rule: self._moved(keys, rule) for rule in (ADDED, REMOVED)}
            for found, overlap in list(waiting):
                if (difference := overlap.difference(self._among(moved[overlap.rule]))) is not None:
                    found.differences.append(difference)
                    waiting.remove((found, overlap))
                    told = True
        for key in keys:
            self._looked_at(key).overlaps.clear()

    def _among(self, keys: set[_Key]) -> Moved:
        return lambda old, new: self._key(old, new, False) in keys

    def _moved(self, keys: Iterable[_Key], rule: str) -> set[_Key]:
        """The pairs of which the new schema takes more than the old one, or less for overlaps that went."""
        above: dict[_Key, list[_Key]] = {}
        for key in keys:
            for _, inner in self._pairs[key].inside:
                above.setdefault(inner, []).append(key)
        names = TAKING_MORE if rule == ADDED else TAKING_LESS
        waiting = [key for key in keys if any(one.rule in names for one in self._looked_at(key).differences)]
        moved = set(waiting)
        while waiting:
            for key in above.get(waiting.pop(), []):
                if key not in moved:
                    moved.add(key)
                    waiting.append(key)
        return moved

    def _same(self, old: Schema, new: Schema) -> bool:
        """Whether nothing differs; a pair that is being compared further up counts as the same."""
        return not any(self._looked_at(key).differences for key, _ in self._walk(self._key(old, new, False)))

    def _key(self, old: Schema, new: Schema, textual: bool) -> _Key:
        ids = tuple(id(node.value) for node in old), tuple(id(node.value) for node in new), textual
        if ids not in self._numbers:
            self._numbers[ids] = len(self._pairs)
            self._pairs.append(_Pair(old, new, textual))
        return self._numbers[ids]

    def _looked_at(self, key: _Key) -> Found:
        pair = self._pairs[key]
        if pair.found is None:
            pair.found = Found()
            self._compare(pair, pair.found)
            pair.inside = [(step.name, self._key(step.old, step.new, step.textual)) for step in pair.found.steps]
        return pair.found

    def _compare(self, pair: _Pair, found: Found) -> None:
        before, after = self._old.of(pair.old), self._new.of(pair.new)
        if self._choices.wrapped(found, pair.old, pair.new, before, after):
            return
        compare_values(found, before, after, pair.textual)
        self._choices.compare(found, pair.old, pair.new, before, after)
        self._objects.compare(found, before, after)
        compare_lists(found, before, after, pair.textual)
        self._further(found, before, after)

    def _further(self, found: Found, old: View, new: View) -> None:
        for keyword in dict.fromkeys((*old.further, *new.further)):
            before, after = old.further.get(keyword), new.further.get(keyword)
            if before is None and after is not None:
                found.add("constraint-added", f"{keyword} was added", old.source("type"), after)
            elif after is None and before is not None:
                found.add("constraint-removed", f"{keyword} was taken away", before, new.source("type"))
            elif before is not None and after is not None and _content(before, self._old) != _content(after, self._new):
                found.add("constraint-changed", f"{keyword} was changed", before, after)


def _path(trail: _Trail) -> tuple[str, ...]:
    names = []
    while trail is not None:
        trail, name = trail
        names.append(name)
    return tuple(reversed(names))


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
