"""What OpenAPI 3 and Swagger 2 both say, in one form. Each part keeps the place where it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.verification.diff.schemas.view import Schema
from sandbox.verification.documents.document import Node

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_TEMPLATE = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; `place` is path, query, header or cookie. `media_type` is set where its value is a document."""

    name: str
    place: str
    required: bool
    schema: Schema
    style: str
    explode: bool
    empty_allowed: bool
    deprecated: bool
    media_type: str | None
    node: Node


@dataclass(frozen=True, slots=True)
class Media:
    """A body of one media type."""

    schema: Schema
    node: Node


@dataclass(frozen=True, slots=True)
class Body:
    """A request body."""

    required: bool
    content: dict[str, Media]
    node: Node


@dataclass(frozen=True, slots=True)
class Header:
    """A response header."""

    required: bool
    schema: Schema
    explode: bool
    deprecated: bool
    node: Node


@dataclass(frozen=True, slots=True)
class Response:
    """What comes with a status; headers by their lower-case names."""

    content: dict[str, Media]
    headers: dict[str, Header]
    node: Node


@dataclass(frozen=True, slots=True)
class Requirement:
    """One way to authenticate: schemes that are all needed, with their scopes. None at all: without credentials."""

    schemes: dict[str, frozenset[str]]
    node: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `path` is its template as written; callbacks are keyed by name, URL expression and method."""

    method: str
    path: str
    operation_id: str | None
    deprecated: bool
    parameters: dict[tuple[str, str], Parameter]
    body: Body | None
    responses: dict[str, Response]
    security: tuple[Requirement, ...]
    callbacks: dict[str, Operation]
    node: Node

    @property
    def title(self) -> str:
        """How findings call it."""
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True, slots=True)
class HttpApi:
    """A whole document; operations by path template and method, webhooks by name and method."""

    version: str | None
    servers: dict[str, Node]
    operations: dict[tuple[str, str], Operation]
    webhooks: dict[str, Operation]
    schemes: dict[str, Node]
    root: Node
    path_nodes: dict[str, Node] = field(default_factory=dict)

    @property
    def titles(self) -> list[str]:
        """How findings call its operations, callbacks and webhooks."""
        called = list(self.operations.values())
        callbacks = [f"{one.title} callback {name}" for one in called for name in one.callbacks]
        return [*(one.title for one in called), *callbacks, *(f"webhook {name}" for name in self.webhooks)]


def signature(path: str) -> str:
    """A path template without the names of its parameters, which callers never see."""
    return _TEMPLATE.sub("{}", path.rstrip("/") or "/")


def parameter_names(path: str) -> list[str]:
    """The names of a template's parameters, in their order."""
    return _TEMPLATE.findall(path)


def media_type(name: str) -> str:
    """A media type as it is compared: lower case, and without a charset, which JSON and the like do not have."""
    first, *rest = [part.strip() for part in name.lower().split(";")]
    return ";".join([first, *sorted(part for part in rest if part and not part.startswith("charset="))])
