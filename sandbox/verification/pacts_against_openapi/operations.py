"""Which operation of a document a request is for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from sandbox.verification.diff.comparison import api_of, kind_of
from sandbox.verification.diff.http.model import HttpApi, Operation, Response
from sandbox.verification.diff.schemas.views import Views
from sandbox.verification.documents.library import Library


@dataclass(frozen=True, slots=True)
class Api:
    """A document that is read: its operations, and the views of its schemas."""

    http: HttpApi
    views: Views


@dataclass(frozen=True, slots=True)
class Called:
    """An operation and the values of its path's parameters, in their order."""

    operation: Operation
    values: tuple[str, ...]


def read_api(where: str) -> Api:
    """The OpenAPI 3 or Swagger 2 document at a path or URL. Raises InputError with file, line and reason."""
    library = Library(where)
    kind = kind_of(library)
    if kind.family != "http":
        raise library.main.root.error(f"is {kind.version}", remedy="give it an OpenAPI or Swagger document")
    return Api(api_of(library, kind), Views(library, kind.siblings))


def called(api: HttpApi, method: str, path: str) -> Called | None:
    """The operation that a request calls: the path as it is first, then without what servers begin with."""
    for candidate in candidates(api, path):
        found = [
            (template.count("{"), one, values)
            for (template, verb), one in api.operations.items()
            if verb == method.lower() and (values := path_values(template, candidate)) is not None
        ]
        if found:
            _, operation, values = min(found, key=lambda one: one[0])
            return Called(operation, values)
    return None


def methods_of(api: HttpApi, path: str) -> list[str]:
    """The methods that a path has."""
    return sorted({
        verb.upper()
        for candidate in candidates(api, path)
        for template, verb in api.operations
        if path_values(template, candidate) is not None
    })  # fmt: skip


def candidates(api: HttpApi, path: str) -> list[str]:
    """A path as written, and without the base path of each server that it begins with."""
    found = [path]
    for url in api.servers:
        base = re.sub(r"\{[^}]*\}", "x", urlsplit(url).path).rstrip("/")
        if base and path.startswith(f"{base}/"):
            found.append(path[len(base) :])
    return found


def path_values(template: str, path: str) -> tuple[str, ...] | None:
    """The values of a template's parameters in a path; None where the path is another one."""
    parts = re.split(r"\{[^}]*\}", template.rstrip("/") or "/")
    found = re.fullmatch("([^/]+)".join(map(re.escape, parts)), path.rstrip("/") or "/")
    return tuple(map(unquote, found.groups())) if found else None


def answer(operation: Operation, status: int) -> Response | None:
    """What is declared for a status: itself, its range, or `default`."""
    names = (str(status), f"{status // 100}XX", "DEFAULT")
    return next((operation.responses[name] for name in names if name in operation.responses), None)
