"""Schemas that say the same in other words or another order, whatever cycles they are in.

All that is reached from two schemas is sorted into classes: by what each says by itself at first, then by the classes
of what is inside it, until no class falls apart any more. Two are the same that are in one class.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sandbox.verification.diff.schemas.patterns import TRIVIAL
from sandbox.verification.diff.schemas.view import HINTS, MISSING, NOTES, Schema, View
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.documents.document import Node

_Item = Schema | Node  # a schema, or something else that a keyword holds, taken as it is written
_Sided = tuple[int, _Item]  # with the document that it is in: the old one is 0
_Key = tuple[Hashable, ...]
_BY_NAME: Final = frozenset(  # what is in these has names of its authors, who may call a property `title`
    ("properties", "patternProperties", "dependentSchemas", "dependentRequired", "dependencies", "const", "enum")
)


@dataclass(slots=True)
class _Said:
    """What a schema says by itself, and what is inside it: by name, and in any order."""

    own: Hashable
    named: list[tuple[str, _Key]]
    unordered: list[_Key]


class Sameness:
    """Tells which schemas of two documents say the same. `asked`: in requests, where read-only properties are none."""

    def __init__(self, old: Views, new: Views, asked: bool) -> None:
        self._sides = old, new
        self._asked = asked
        self._kept: list[_Item] = []  # known by their ids
        self._runs: list[dict[_Key, int]] = []
        self._run_of: dict[_Key, int] = {}

    def schemas(self, old: Schema, new: Schema) -> bool:
        """Whether a schema of the old document says what one of the new document does."""
        return self._same((0, old), (1, new))

    def schemas_within(self, old: Schema, new: Schema, around: tuple[Schema, Schema]) -> bool:
        """The same where what differs in the two schemas `around` them is told there, and not once more inside."""
        if self.schemas(old, new):
            return True
        both = (0, old), (1, new)
        if self._own(*both[0]) != self._own(*both[1]):
            return False
        said = {self._key(side, one): _Said("around", [], []) for side, one in enumerate(around)}
        roots = [self._said(side, item) for side, item in both]  # these are entered, also where they are those around
        self._reach([inner for _, inside in roots for inner in inside], said)
        classes = _classes(said | {(side,): told for side, (told, _) in enumerate(roots)})
        return classes[0,] == classes[1,]

    def content(self, old: Node, new: Node) -> bool:
        """The same for what a keyword holds, as it is written, but for notes; references are followed."""
        return self._same((0, old), (1, new))

    def _same(self, *both: _Sided) -> bool:
        one, other = (self._key(side, item) for side, item in both)
        run = self._run_of.get(one)
        if run is None or other not in self._runs[run]:
            if self._own(*both[0]) != self._own(*both[1]):
                return False
            run = self._sorted(both)
        return self._runs[run][one] == self._runs[run][other]

    def _sorted(self, both: tuple[_Sided, ...]) -> int:
        """Sort all that is reached from two items into classes; the number under which that is kept."""
        classes = _classes(self._reach(list(both), {}))
        self._kept += [item for _, item in both]
        self._runs.append(classes)
        self._run_of |= dict.fromkeys(classes, len(self._runs) - 1)
        return len(self._runs) - 1

    def _own(self, side: int, item: _Item) -> Hashable:
        return self._parts(side, item)[0]

    def _reach(self, waiting: list[_Sided], said: dict[_Key, _Said]) -> dict[_Key, _Said]:
        """Note what all say that are reached from those waiting; what is noted already is not entered."""
        while waiting:
            side, item = waiting.pop()
            key = self._key(side, item)
            if key not in said:
                said[key], inside = self._said(side, item)
                waiting += inside
        return said

    def _said(self, side: int, item: _Item) -> tuple[_Said, list[_Sided]]:
        """What an item says, and what is inside it."""
        own, named, unordered = self._parts(side, item)
        inside = [(side, below) for _, below in named] + [(side, below) for below in unordered]
        keys = [self._key(*below) for below in inside]
        names = [name for name, _ in named]
        return _Said(own, list(zip(names, keys, strict=False)), keys[len(names) :]), inside

    def _key(self, side: int, item: _Item) -> _Key:
        if isinstance(item, Node):
            return side, "written", id(item.value)
        return side, *(id(self._target(side, node).value) for node in item)

    def _target(self, side: int, node: Node) -> Node:
        """What a mere reference names; any other node itself."""
        mere = isinstance(node.value, dict) and "$ref" in node.value and not node.value.keys() - NOTES - {"$ref"}
        return self._sides[side].resolved(node) if mere else node

    def _parts(self, side: int, item: _Item) -> tuple[Hashable, list[tuple[str, _Item]], list[_Item]]:
        views = self._sides[side]
        if isinstance(item, Node):
            return _written(views.resolved(item))
        view = views.of(item)
        named = sorted(self._inside(view, views), key=lambda each: each[0])
        return _own(view, {name for name, _ in named}), named, [(one.node,) for one in view.variants]

    def _inside(self, view: View, views: Views) -> Iterator[tuple[str, _Item]]:
        for name, schema in view.properties.items():
            inner = views.of(schema)
            if not (inner.read_only if self._asked else inner.write_only):
                yield f"property {name}", schema
        yield from ((f"properties like {name}", schema) for name, schema in view.by_pattern.items())
        if view.additional:
            yield "other properties", view.additional
        if view.items is not None:
            yield "entries", view.items
        yield from ((f"entry {index}", (node,)) for index, node in enumerate(view.entries))
        yield from view.further.items()
        if view.discriminator is not None:
            yield "discriminator", view.discriminator


def _own(view: View, inside: set[str]) -> Hashable:
    kept = {name for name in view.required if name not in view.properties or f"property {name}" in inside}
    return (
        view.types,
        view.nullable,
        None if view.format in HINTS else view.format,
        None if view.enum is None else frozenset(map(_text, view.enum)),
        None if view.extensible is None else frozenset(map(_text, view.extensible)),
        frozenset((keyword, bound.value, bound.exclusive) for keyword, bound in view.bounds.items()),
        frozenset(view.patterns.keys() - TRIVIAL),
        (view.unique, view.multiple_of, view.closed, view.choice, len(view.variants)),
        frozenset(kept),
        (view.read_only, view.write_only, view.deprecated),
        None if view.default is MISSING else _text(view.default),
    )


def _written(node: Node) -> tuple[Hashable, list[tuple[str, _Item]], list[_Item]]:
    """What a node says as it is written: values are its own, mappings and lists are inside."""
    if isinstance(node.value, dict):
        named = bool(node.pointer) and node.pointer[-1] in _BY_NAME
        below = [(str(key), inner) for key, inner in node.entries() if named or key not in NOTES]
    elif isinstance(node.value, list):
        below = [(str(index), inner) for index, inner in enumerate(node.each())]
    else:
        return _text(node.value), [], []
    values = tuple((name, _text(inner.value)) for name, inner in below if not isinstance(inner.value, dict | list))
    more: list[tuple[str, _Item]] = [(name, inner) for name, inner in below if isinstance(inner.value, dict | list)]
    return (type(node.value).__name__, frozenset(values)), sorted(more, key=lambda each: each[0]), []


def _text(value: Any) -> str:
    """A value as JSON, the same for 1 and 1.0."""
    return json.dumps(_plain(value), sort_keys=True, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_plain(below) for below in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _classes(said: dict[_Key, _Said]) -> dict[_Key, int]:
    """The class of each, as fine as what is inside tells them apart."""
    numbers: dict[Hashable, int] = {}
    classes = {key: numbers.setdefault(one.own, len(numbers)) for key, one in said.items()}
    while True:
        count, numbers = len(numbers), {}
        told = {
            key: (
                classes[key],
                tuple((name, classes[inner]) for name, inner in one.named),
                tuple(sorted(classes[inner] for inner in one.unordered)),
            )
            for key, one in said.items()
        }
        classes = {key: numbers.setdefault(each, len(numbers)) for key, each in told.items()}
        if len(numbers) == count:
            return classes
