"""A schema as a whole, whatever dialect it is written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.verification.documents.document import Node

Schema = tuple[Node, ...]  # all of which hold; none: anything goes
Choice = Literal["oneOf", "anyOf"]
NOTES = frozenset(
    ("title", "description", "example", "examples", "externalDocs", "xml", "$comment", "summary", "$schema", "$id",
     "$defs", "definitions")
)  # fmt: skip
FURTHER = (
    "not", "if", "then", "else", "contains", "minContains", "maxContains", "propertyNames", "dependentRequired",
    "dependentSchemas", "dependencies", "unevaluatedItems", "additionalItems", "contentEncoding",
    "contentMediaType", "contentSchema",
)  # fmt: skip
HINTS = frozenset(("password",))  # formats that are notes for user interfaces
MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Variant:
    """One of a choice; `label` is the name of the schema that it refers to, or its title."""

    label: str | None
    node: Node


@dataclass(slots=True)
class Bound:
    """A limit, and whether the limit itself is left out."""

    value: float
    exclusive: bool
    node: Node


@dataclass(slots=True)
class View:
    """What a schema says of a value. `types` is None where any will do; `nullable` is None where nothing is said.

    `null_besides`: null is taken whatever else holds, as `nullable: true` beside an `allOf` is meant.
    """

    nodes: list[Node] = field(default_factory=list)
    types: frozenset[str] | None = None
    nullable: bool | None = None
    null_besides: bool = False
    format: str | None = None
    enum: list[Any] | None = None
    extensible: list[Any] | None = None
    bounds: dict[str, Bound] = field(default_factory=dict)
    patterns: dict[str, Node] = field(default_factory=dict)
    unique: bool = False
    multiple_of: float | None = None
    properties: dict[str, Schema] = field(default_factory=dict)
    required: dict[str, Node] = field(default_factory=dict)
    closed: bool = False
    additional: Schema = ()
    by_pattern: dict[str, Schema] = field(default_factory=dict)
    items: Schema | None = None
    entries: list[Node] = field(default_factory=list)
    choice: Choice | None = None
    variants: list[Variant] = field(default_factory=list)
    discriminator: Node | None = None
    read_only: bool = False
    write_only: bool = False
    deprecated: bool = False
    default: Any = MISSING
    further: dict[str, Node] = field(default_factory=dict)
    sources: dict[str, Node] = field(default_factory=dict)

    def source(self, *keywords: str) -> Node | None:
        """Where the first of these keywords stands that the schema has; else the schema itself."""
        found = next((self.sources[keyword] for keyword in keywords if keyword in self.sources), None)
        return found or (self.nodes[0] if self.nodes else None)
