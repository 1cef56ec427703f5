"""Operations from which no request can be made: something in them refers to what is not there."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.errors import InputError
from sandbox.verification.documents.document import Document, Node
from sandbox.verification.documents.library import Library
from sandbox.verification.fuzz.operations import Operation

_NO_REFERENCES = ("example", "examples", "default", "enum", "const")


def broken_operations(library: Library, operations: Iterable[Operation]) -> dict[str, str]:
    """By the label of each broken operation the first reference that leads nowhere, as `file:line: reason`."""
    paths = library.main.root.get("paths")
    if paths is None or _broken(library, [paths]) is None:
        return {}
    found = {}
    for operation in operations:
        path, method = operation.pointer[1:]
        item = paths.get(path)
        assert item is not None
        item = library.resolved(item)
        starts = [below for below in (item.get(method), item.get("parameters")) if below is not None]
        reason = _broken(library, starts)
        if reason is not None:
            found[operation.label] = reason
    return found


def _broken(library: Library, starts: list[Node]) -> str | None:
    """What is wrong with the first reference that leads nowhere, of all that is reached from these places."""
    stack, seen = list(reversed(starts)), set[tuple[Document, tuple[str | int, ...]]]()
    while stack:
        node = stack.pop()
        if (node.document, node.pointer) in seen:
            continue
        seen.add((node.document, node.pointer))
        if node.text("$ref") is not None:
            try:
                stack.append(library.resolved(node))
            except InputError as error:
                return str(error)
            continue
        stack += [below for name, below in node.entries() if name not in _NO_REFERENCES]
        stack += node.each()
    return None
