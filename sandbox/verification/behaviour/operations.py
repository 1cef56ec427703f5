"""What an OpenAPI document declares about behaviour: keys, conditions, cursors, statuses and content types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sandbox.errors import InputError
from sandbox.verification.behaviour.values import MISSING
from sandbox.verification.diff.comparison import api_of, kind_of
from sandbox.verification.diff.http import model
from sandbox.verification.documents.document import Node
from sandbox.verification.documents.library import Library

PROBLEM_JSON: Final = "application/problem+json"
FORM: Final = "application/x-www-form-urlencoded"
_KEYS: Final = ("idempotency-key", "x-idempotency-key", "idempotency_key", "paypal-request-id", "idempotence-key")
_CURSORS: Final = (
    "cursor",
    "next_token",
    "nexttoken",
    "page_token",
    "pagetoken",
    "page[cursor]",
    "page[after]",
    "starting_after",
    "after",
)
_LIMITS: Final = ("limit", "page_size", "pagesize", "page[size]", "per_page", "maxpagesize", "max_results")
_NEXT: Final = ("next_cursor", "nextcursor", "next_token", "nexttoken", "next_page_token", "nextpagetoken", "next")
_MORE: Final = ("has_more", "hasmore")
_IDS: Final = ("id", "uuid", "number", "key")


@dataclass(frozen=True, slots=True)
class Header:
    """A header that an operation declares, and whether a call must have it."""

    name: str
    required: bool


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list is paged, as far as the document tells: query parameters, and pointers into the answer."""

    cursor: str
    limit: str | None
    items: str | None
    next: str | None
    more: str | None
    row: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `responses` has the media types of each status; `example` the document's own sample body."""

    name: str
    method: str
    path: str
    key: Header | None
    condition: Header | None
    responses: dict[str, frozenset[str]]
    parameters: tuple[str, ...]
    example: Any
    has_body: bool
    is_form: bool
    paging: Paging | None

    @property
    def is_write(self) -> bool:
        """Whether it may change something."""
        return self.method not in ("GET", "HEAD", "OPTIONS", "TRACE", "QUERY")

    def declared(self, status: int) -> frozenset[str] | None:
        """The media types that an answer with this status may have; None where the status is not declared."""
        for name in (str(status), f"{status // 100}XX", "DEFAULT"):
            if name in self.responses:
                return self.responses[name]
        return None

    def promises_problems(self) -> bool:
        """Whether any of its errors is declared as problem details."""
        errors = (kinds for status, kinds in self.responses.items() if not status.startswith(("1", "2", "3")))
        return any(PROBLEM_JSON in kinds for kinds in errors)


@dataclass(frozen=True, slots=True)
class Api:
    """A document's operations by name, with the file that it stands in."""

    file: str
    title: str
    version: str
    operations: dict[str, Operation]


def read_api(where: str, key_header: str | None = None) -> Api:
    """Read the OpenAPI 3 or Swagger 2 document at a path or URL. Raises InputError with file, line and reason."""
    library = Library(where)
    kind = kind_of(library)
    if kind.family != "http":
        raise InputError(f"is {kind.version}", file=where, line=1, remedy="give an OpenAPI document")
    http = api_of(library, kind)
    reader = _Reader(library, key_header)
    found = [reader.operation(one) for one in http.operations.values()]
    info = library.main.root.get("info")
    title = (info.text("title") if info is not None else None) or where
    return Api(where, title, http.version or "", {one.name: one for one in found})


class _Reader:
    def __init__(self, library: Library, key_header: str | None) -> None:
        self._library = library
        self._keys = _KEYS if key_header is None else (key_header.lower(),)

    def operation(self, told: model.Operation) -> Operation:
        headers = {p.name.lower(): p for (place, _), p in told.parameters.items() if place == "header"}
        responses = {status: frozenset(one.content) for status, one in told.responses.items()}
        return Operation(
            name=told.operation_id or told.title,
            method=told.method.upper(),
            path=told.path,
            key=_header(headers, self._keys),
            condition=_header(headers, ("if-match",)),
            responses=responses,
            parameters=tuple(model.parameter_names(told.path)),
            example=MISSING if told.body is None else self._example(told.body),
            has_body=told.body is not None and told.body.required,
            is_form=told.body is not None and list(told.body.content) == [FORM],
            paging=self._paging(told),
        )

    def _example(self, body: model.Body) -> Any:
        for name, media in body.content.items():
            if not name.endswith("json"):
                continue
            holders = (media.node, *(self._library.resolved(one) for one in media.schema))
            for holder in holders:
                found = self._in_holder(holder)
                if found is not MISSING:
                    return found
        return MISSING

    def _in_holder(self, holder: Node) -> Any:
        value = holder.value if isinstance(holder.value, dict) else {}
        if "example" in value:
            return value["example"]
        examples = value.get("examples")
        if isinstance(examples, list) and examples:
            return examples[0]
        for _, one in holder.mapping("examples") if isinstance(examples, dict) else ():
            told = self._library.resolved(one).value
            if isinstance(told, dict) and "value" in told:
                return told["value"]
        return MISSING

    def _paging(self, told: model.Operation) -> Paging | None:
        queries = {p.name.lower(): p.name for (place, _), p in told.parameters.items() if place == "query"}
        cursor = next((queries[name] for name in _CURSORS if name in queries), None)
        if told.method != "get" or cursor is None:
            return None
        limit = next((queries[name] for name in _LIMITS if name in queries), None)
        fields = self._fields(told.responses.get("200"))
        items = next((name for name, one in fields.items() if one.value.get("type") == "array"), None)
        row = None
        if items is not None and (inner := fields[items].get("items")) is not None:
            rows = {name for name, _ in self._library.resolved(inner).mapping("properties")}
            row = next((name for name in _IDS if name in rows), None)
        return Paging(cursor, limit, _pointer(items), _named(fields, _NEXT), _named(fields, _MORE), _pointer(row))

    def _fields(self, response: model.Response | None) -> dict[str, Node]:
        for name, media in response.content.items() if response is not None else ():
            if name.endswith("json"):
                schemas = [self._library.resolved(one) for one in media.schema]
                fields = {key: one for schema in schemas for key, one in schema.mapping("properties")}
                resolved = {key: self._library.resolved(one) for key, one in fields.items()}
                return {key: one for key, one in resolved.items() if isinstance(one.value, dict)}
        return {}


def _header(headers: dict[str, model.Parameter], names: tuple[str, ...]) -> Header | None:
    found = next((headers[name] for name in names if name in headers), None)
    return None if found is None else Header(found.name, found.required)


def _named(fields: dict[str, Node], names: tuple[str, ...]) -> str | None:
    return _pointer(next((field for field in fields if field.lower() in names), None))


def _pointer(name: str | None) -> str | None:
    return None if name is None else "/" + name.replace("~", "~0").replace("/", "~1")
