"""Two contract documents compared, whatever their kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.errors import InputError
from sandbox.verification.diff.changes import Change, Comparison, Direction, Severity
from sandbox.verification.diff.events.asyncapi import read_asyncapi
from sandbox.verification.diff.events.comparing import compare_events
from sandbox.verification.diff.findings import Findings, Spot
from sandbox.verification.diff.http.comparing import compare_http
from sandbox.verification.diff.http.model import HttpApi
from sandbox.verification.diff.http.openapi import read_openapi
from sandbox.verification.diff.http.swagger import read_swagger
from sandbox.verification.diff.schemas.pairs import SchemaPairs
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.documents.library import Library

BOTH = (Direction.REQUEST, Direction.RESPONSE)
_SCHEMA_WORDS = frozenset((
    "$schema", "$id", "$ref", "$defs", "definitions", "type", "properties", "required", "items", "allOf", "oneOf",
    "anyOf", "not", "if", "enum", "const", "format", "pattern", "minimum", "maximum", "minLength", "maxLength",
    "additionalProperties", "patternProperties", "x-extensible-enum",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """What a document is: `http`, `events` or `schema`, and in which version of its format."""

    family: str
    version: str

    @property
    def siblings(self) -> bool:
        """Whether keywords beside a `$ref` count, as since OpenAPI 3.1; older readers pass over them."""
        return not self.version.startswith(("OpenAPI 3.0", "Swagger", "AsyncAPI 2"))


def compare(
    old: str,
    new: str,
    *,
    directions: tuple[Direction, ...] = BOTH,
    severities: Mapping[str, Severity] | None = None,
) -> Comparison:
    """Compare the documents at two paths or URLs.

    `directions` are those of a bare JSON Schema, of which nobody knows who writes it. `severities`, by rule id, replace
    the table's. Raises InputError with file, line and reason for a document that is broken.
    """
    before, after = Library(old), Library(new)
    was, now = kind_of(before), kind_of(after)
    if was.family != now.family:
        raise InputError(
            f"is {now.version}, and {old} is {was.version}", file=new, remedy="compare documents of one kind"
        )
    views = Views(before, was.siblings), Views(after, now.siblings)
    findings = Findings({direction: SchemaPairs(*views, direction) for direction in BOTH}, severities or {})
    operations: list[str] = []
    if was.family == "http":
        apis = api_of(before, was), api_of(after, now)
        changes = _http(*apis, findings)
        operations = [name for api in apis for name in api.titles]
    elif was.family == "events":
        channels = read_asyncapi(before), read_asyncapi(after)
        compare_events(*channels, findings)
        changes = findings.changes()
        operations = [name for api in channels for name in api.titles]
    else:
        for direction in directions:
            findings.schemas(Spot(direction, "", f"{direction}-body"), (before.main.root,), (after.main.root,))
        changes = findings.changes()
    return Comparison(now.version, old, new, tuple(changes), tuple(dict.fromkeys(operations)))


@dataclass(frozen=True, slots=True)
class ComparedApis:
    """Two HTTP contracts, what changed, and for each change the operations and subjects at which it shows."""

    comparison: Comparison
    old: HttpApi
    new: HttpApi
    old_views: Views
    new_views: Views
    places: Mapping[Change, tuple[tuple[str, str], ...]]


def compare_apis(old: str, new: str) -> ComparedApis:
    """Compare two OpenAPI or Swagger documents at paths or URLs, for those who go on from the changes.

    Raises InputError where one is broken, or of another kind.
    """
    before, after = Library(old), Library(new)
    was, now = kind_of(before), kind_of(after)
    for kind, where in ((was, old), (now, new)):
        if kind.family != "http":
            raise InputError(f"is {kind.version}", file=where, remedy="name an OpenAPI or Swagger document")
    views = Views(before, was.siblings), Views(after, now.siblings)
    findings = Findings({direction: SchemaPairs(*views, direction) for direction in BOTH})
    apis = api_of(before, was), api_of(after, now)
    changes = _http(*apis, findings)
    return ComparedApis(Comparison(now.version, old, new, tuple(changes)), *apis, *views, findings.places())


def kind_of(library: Library) -> Kind:
    """What a document is. Raises InputError where it is nothing that can be compared."""
    document = library.main
    if not isinstance(document.data, dict):
        told = "nothing is in it" if document.data is None else "keys and values were expected"
        raise InputError(told, file=document.file, line=1)
    for key, name, family, known in (
        ("openapi", "OpenAPI", "http", ("3.",)),
        ("swagger", "Swagger", "http", ("2.",)),
        ("asyncapi", "AsyncAPI", "events", ("2.", "3.")),
    ):
        if key in document.data:
            version = str(document.data[key])
            if not version.startswith(known):
                told, line = ", ".join(f"{one}x" for one in known), document.line_of((key,))
                raise InputError(
                    f"{name} {version} is not known", file=document.file, line=line, field=key, remedy=f"known: {told}"
                )  # fmt: skip
            return Kind(family, f"{name} {version}")
    if _SCHEMA_WORDS & document.data.keys():
        return Kind("schema", "JSON Schema")
    raise InputError(
        "is no contract that is known here", file=document.file, line=1,
        remedy="it needs the key openapi, swagger or asyncapi, or those of a JSON Schema",
    )  # fmt: skip


def api_of(library: Library, kind: Kind) -> HttpApi:
    """The operations of an OpenAPI 3 or Swagger 2 document. Raises InputError with line and pointer."""
    return read_swagger(library) if kind.version.startswith("Swagger") else read_openapi(library)


def _http(old: HttpApi, new: HttpApi, findings: Findings) -> list[Change]:
    compare_http(old, new, findings)
    if findings.broken and old.version is not None and old.version == new.version:
        places = (api.root.get("info") for api in (old, new))
        findings.add(
            "api-version-not-bumped",
            Spot(Direction.REQUEST, ""),
            f"there are breaking changes, and the version is still {new.version}",
            *places,
        )
    return findings.changes()
