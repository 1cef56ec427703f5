"""All pairs of schemas that are reached from two: cycles end, and what many operations share is compared once."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sandbox.verification.diff.changes import Direction
from sandbox.verification.diff.schemas.choices import Choices
from sandbox.verification.diff.schemas.found import Difference, Found
from sandbox.verification.diff.schemas.objects import Objects, compare_lists
from sandbox.verification.diff.schemas.sameness import Sameness
from sandbox.verification.diff.schemas.values import compare_null, compare_values
from sandbox.verification.diff.schemas.view import Schema, View
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.diff.schemas.weighing import Weighing

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
        self._sameness = Sameness(old, new, direction is Direction.REQUEST)
        self._choices = Choices(old, new, self._sameness)
        self._pairs: list[_Pair] = []  # keeps the schemas alive, by whose ids they are numbered
        self._numbers: dict[tuple[tuple[int, ...], tuple[int, ...], bool], _Key] = {}
        self._reached: dict[_Key, tuple[Reached, ...]] = {}
        self._alike: set[_Key] = set()  # pairs from which no difference is reached
        self._weighed: set[_Key] = set()  # pairs from which one is

    def reached(self, old: Schema, new: Schema, textual: bool = False) -> tuple[Reached, ...]:
        """All differences from `old` on to `new`, each place once by its shortest path."""
        key = self._key(old, new, textual)
        if key not in self._reached:
            trails = self._walk(key)
            if not trails.keys() <= self._weighed:
                self._weigh(trails.keys())
            self._reached[key] = tuple(
                Reached(difference, path)
                for passed, trail in trails.items()
                if (differences := self._looked_at(passed).differences)
                for path in (_path(trail),)
                for difference in differences
            )
        return self._reached[key]

    def old_types(self, schema: Schema) -> frozenset[str] | None:
        """The types that a schema of the old document takes; None where any will do."""
        return self._old.of(schema).types

    def _walk(self, start: _Key) -> dict[_Key, _Trail]:
        """All pairs from `start` on, each once by its shortest path, but for those known to be alike."""
        trails: dict[_Key, _Trail] = {start: None}
        waiting = deque([start])
        pairs, alike = self._pairs, self._alike
        while waiting:
            key = waiting.popleft()
            self._looked_at(key)
            for name, inner in pairs[key].inside:
                if inner not in trails and inner not in alike:
                    trails[inner] = (trails[key], name)
                    waiting.append(inner)
        return trails

    def _weigh(self, keys: Collection[_Key]) -> None:
        """Make differences of the overlaps that matter; `keys` are all pairs that are reached from a schema.

        Pairs from which no difference is reached are passed over from now on.
        """
        found = {key: self._looked_at(key) for key in keys}
        weighing = Weighing(found, lambda key: self._pairs[key].inside, lambda old, new: self._key(old, new, False))
        weighing.weigh()
        leading = weighing.above(key for key in keys if found[key].differences)
        self._alike.update(key for key in keys if key not in leading)
        self._weighed |= leading

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
        compare_null(found, before, after, *self._null(before, after))
        self._choices.compare(found, pair.old, pair.new, before, after)
        self._objects.compare(found, before, after)
        compare_lists(found, before, after, pair.textual)
        self._further(found, before, after)

    def _null(self, old: View, new: View) -> tuple[bool | None, bool | None]:
        """Whether null fitted and fits; where neither schema says so itself, that is told of its variants."""
        if old.nullable is None and new.nullable is None:
            return None, None
        return self._old.takes_null(old), self._new.takes_null(new)

    def _further(self, found: Found, old: View, new: View) -> None:
        for keyword in dict.fromkeys((*old.further, *new.further)):
            before, after = old.further.get(keyword), new.further.get(keyword)
            if before is None and after is not None:
                found.add("constraint-added", f"{keyword} was added", old.source("type"), after)
            elif after is None and before is not None:
                found.add("constraint-removed", f"{keyword} was taken away", before, new.source("type"))
            elif before is not None and after is not None and not self._sameness.content(before, after):
                found.add("constraint-changed", f"{keyword} was changed", before, after)


def _path(trail: _Trail) -> tuple[str, ...]:
    names = []
    while trail is not None:
        trail, name = trail
        names.append(name)
    return tuple(reversed(names))
