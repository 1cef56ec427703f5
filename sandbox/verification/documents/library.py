"""A document with all that it refers to, in the same file or others."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from sandbox.errors import InputError
from sandbox.verification.documents.document import Document, Node, Pointer, load_document
from sandbox.verification.documents.text import full_place, is_url


class Library:
    """The documents that are reached from one. Raises InputError where the first cannot be read."""

    def __init__(self, where: str) -> None:
        place = full_place(where)
        self.main = load_document(place, where)
        self._documents = {place: self.main}

    @property
    def version(self) -> str | None:
        """What the first document says in `info.version`."""
        info = self.main.root.get("info")
        version = info.value.get("version") if info is not None and isinstance(info.value, dict) else None
        return None if version is None else str(version)

    def resolved(self, node: Node) -> Node:
        """What `node` stands for: its `$ref` followed to the end. Raises InputError where that leads nowhere."""
        passed: set[tuple[str, Pointer]] = set()
        while (ref := node.text("$ref")) is not None:
            place = node.document.place, node.pointer
            if place in passed:
                raise node.error(f"refers to itself: {ref}")
            passed.add(place)
            node = self.target(node, ref)
        return node

    def resolved_object(self, node: Node) -> Node:
        """What `node` stands for, which must be a mapping. Raises InputError where it is none."""
        found = self.resolved(node)
        found.expect(dict, "keys and values")
        return found

    def target(self, node: Node, ref: str) -> Node:
        """The place that a reference at `node` names. Raises InputError where there is none."""
        plain, fragment = urldefrag(ref)
        document = node.document
        if plain:
            inside = document.named(plain) or document.named(_joined(document, plain))
            if inside is not None and not fragment:
                return _at(document, inside, node, ref)
            document = document if inside is not None else self._other(node, plain)
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            found = document.named(fragment)
            if found is None:
                raise node.error(f"refers to {ref}, which is not there")
            return _at(document, found, node, ref)
        return _at(document, tuple(map(_unescaped, fragment.split("/")[1:])), node, ref)

    def _other(self, node: Node, plain: str) -> Document:
        place = full_place(plain, node.document.place)
        if place not in self._documents:
            try:
                self._documents[place] = load_document(place, place if is_url(place) else _shown(node, plain))
            except InputError as error:
                if error.line is not None:
                    raise
                raise node.error(f"refers to {plain}, which {error.message}") from None
        return self._documents[place]


def _shown(node: Node, plain: str) -> str:
    folder = node.document.file.rpartition("/")[0]
    return f"{folder}/{plain}" if folder else plain


def _joined(document: Document, plain: str) -> str:
    own = document.data.get("$id") if isinstance(document.data, dict) else None
    return urljoin(own, plain) if isinstance(own, str) else plain


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _at(document: Document, parts: Pointer, node: Node, ref: str) -> Node:
    value: Any = document.data
    pointer: list[str | int] = []
    for part in parts:
        if isinstance(value, dict) and part in value:
            pointer.append(part)
            value = value[part]
        elif isinstance(value, list) and str(part).isdecimal() and int(part) < len(value):
            pointer.append(int(part))
            value = value[int(part)]
        else:
            raise node.error(f"refers to {ref}, which is not there")
    return Node(document, tuple(pointer), value)
