"""One loaded document, and places in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.errors import InputError
from sandbox.verification.documents.json_tree import parse_json
from sandbox.verification.documents.text import read_text
from sandbox.verification.documents.tree import Tree
from sandbox.verification.documents.yaml_tree import parse_yaml_tree

Pointer = tuple[str | int, ...]


class Document:
    """What a file or URL says. `place` is its absolute path or URL, `file` the name that people gave it."""

    def __init__(self, tree: Tree, place: str, file: str) -> None:
        self.place, self.file, self.data = place, file, tree.value
        self._lines = tree.lines
        self._made: dict[Pointer, tuple[Any, Pointer]] = {}
        self._named: dict[str, Pointer] | None = None

    def line_of(self, pointer: Pointer) -> int:
        """The line, from 1, of the deepest part of `pointer` that the document has."""
        line, value = 1, self.data
        for part in pointer:
            found = self._lines.get(id(value), {}).get(part)
            if found is None:
                break
            line, value = abs(found), value[part]
        return line

    def add(self, pointer: Pointer, value: Any, source: Pointer) -> Node:
        """A node that is not written as such, but follows from what stands at `source`."""
        self._made[pointer] = (value, source)
        return Node(self, pointer, value)

    def source_of(self, pointer: Pointer) -> Pointer:
        """Where what is at `pointer` is really written."""
        for depth in range(len(pointer), 0, -1):
            made = self._made.get(pointer[:depth])
            if made is not None:
                return made[1] + pointer[depth:]
        return pointer

    def named(self, name: str) -> Pointer | None:
        """Where the schema with this `$anchor` or `$id` is."""
        if self._named is None:
            self._named = {}
            for pointer, value in _walk(self.data, ()):
                for key in ("$anchor", "$dynamicAnchor", "$id", "id"):
                    if isinstance(value.get(key), str):
                        self._named.setdefault(value[key].removeprefix("#"), pointer)
        return self._named.get(name)

    @property
    def root(self) -> Node:
        """The whole document."""
        return Node(self, (), self.data)


def _walk(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    stack = [(pointer, value)]
    known: dict[int, Any] = {}
    while stack:
        pointer, value = stack.pop()
        if id(value) in known or not isinstance(value, dict | list):
            continue
        known[id(value)] = value
        if isinstance(value, dict):
            yield pointer, value
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        stack += [((*pointer, key), below) for key, below in inner]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A place in a document and the value there."""

    document: Document
    pointer: Pointer
    value: Any

    def get(self, key: str) -> Node | None:
        """The place of `key`, where this is a mapping that has it."""
        if isinstance(self.value, dict) and key in self.value:
            return Node(self.document, (*self.pointer, key), self.value[key])
        return None

    def text(self, key: str) -> str | None:
        """The text at `key`; None where there is none."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return value if isinstance(value, str) else None

    def flag(self, key: str) -> bool:
        """Whether `key` is true."""
        return isinstance(self.value, dict) and self.value.get(key) is True

    def entries(self) -> list[tuple[str, Node]]:
        """The keys of a mapping with their places."""
        if not isinstance(self.value, dict):
            return []
        return [(key, Node(self.document, (*self.pointer, key), value)) for key, value in self.value.items()]

    def each(self) -> list[Node]:
        """The entries of a list."""
        if not isinstance(self.value, list):
            return []
        return [Node(self.document, (*self.pointer, index), value) for index, value in enumerate(self.value)]

    def mapping(self, key: str) -> list[tuple[str, Node]]:
        """The keys and places of the mapping at `key`, none where it is missing. Raises InputError where it is none."""
        below = self.get(key)
        if below is None or below.value is None:
            return []
        below.expect(dict, "keys and values")
        return below.entries()

    def sequence(self, key: str) -> list[Node]:
        """The entries of the list at `key`, none where it is missing. Raises InputError where it is none."""
        below = self.get(key)
        if below is None or below.value is None:
            return []
        below.expect(list, "a list")
        return below.each()

    def expect(self, kind: type, words: str) -> None:
        """Raise InputError, with this place, unless the value is of `kind`."""
        if not isinstance(self.value, kind):
            raise self.error(f"{words} {'was' if words == 'a list' else 'were'} expected, not {self.value!r:.40}")

    def error(self, message: str, remedy: str | None = None) -> InputError:
        """A mistake at this place."""
        return InputError(
            message, file=self.document.file, line=self.line, field=self.json_pointer or None, remedy=remedy
        )

    @property
    def line(self) -> int:
        """The line, from 1, where this is written."""
        return self.document.line_of(self.document.source_of(self.pointer))

    @property
    def json_pointer(self) -> str:
        """Where this is written, as RFC 6901 says it."""
        parts = self.document.source_of(self.pointer)
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def load_document(place: str, shown: str) -> Document:
    """Load the document at an absolute path or URL. Raises InputError with file, line and reason."""
    text = read_text(place, shown)
    json_like = text.lstrip()[:1] in ("{", "[")
    if json_like and not place.endswith((".yaml", ".yml")):
        return Document(parse_json(text, shown), place, shown)
    return Document(parse_yaml_tree(text, shown), place, shown)
