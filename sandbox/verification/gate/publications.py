"""What a provider publishes: one OpenAPI, Swagger or AsyncAPI document, whole in one file."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.errors import InputError
from sandbox.verification.diff.comparison import kind_of
from sandbox.verification.documents.document import Node
from sandbox.verification.documents.library import Library
from sandbox.verification.documents.text import full_place, read_text


@dataclass(frozen=True, slots=True)
class Publication:
    """A document: `family` is http or events, `kind` the format with its version, `file` where people find it."""

    family: str
    kind: str
    text: str
    file: str


def read_publication(where: str) -> Publication:
    """The document at a path or URL.

    Raises InputError where it is broken, is neither OpenAPI nor AsyncAPI, or refers to other files: those may change.
    """
    library = Library(where)
    kind = kind_of(library)
    if kind.family not in ("http", "events"):
        raise InputError(f"is {kind.version}", file=where, remedy="give it an OpenAPI or AsyncAPI document")
    waiting = [library.main.root]
    while waiting:
        node = waiting.pop()
        _refuse_outside(node)
        waiting += [below for _, below in node.entries()] + node.each()
    return Publication(kind.family, kind.version, read_text(full_place(where), where), where)


def _refuse_outside(node: Node) -> None:
    ref = node.text("$ref")
    if ref is not None and not ref.startswith("#"):
        raise node.error(f"refers to {ref}", remedy="bundle the document into one file, which is what is recorded")
