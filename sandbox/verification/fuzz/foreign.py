"""Any API, by its OpenAPI document and the URL where it answers."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.errors import InputError
from sandbox.verification.documents.library import Library
from sandbox.verification.fuzz.operations import operations_of
from sandbox.verification.fuzz.target import Target, Values
from sandbox.yaml_files import read_yaml

_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")


def foreign_target(
    openapi: str, base_url: str | None, headers: Mapping[str, str], values: Values, subject: str | None = None
) -> Target:
    """The API that answers at `base_url` (None: at the document's first server). Raises InputError, with file and line.

    `subject` is what it is called in results; left out, it is the host.
    """
    library = Library(openapi)
    data = checked(library)
    url = base_url or _server(library, data)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise InputError(f"{url!r} is no http or https URL", field="--base-url")
    return Target(
        subject or parts.netloc, data, url.rstrip("/"), library=library, headers=dict(headers), values=dict(values)
    )


def checked(library: Library) -> dict[str, Any]:
    """The document, if it is OpenAPI 3 or Swagger 2 with operations. Raises InputError where it is none."""
    document, root = library.main, library.main.root
    root.expect(dict, "keys and values")
    data: dict[str, Any] = document.data
    version = data.get("openapi", data.get("swagger"))
    if version is None:
        raise root.error(
            "this is no OpenAPI document: it has no key 'openapi'", remedy="name an OpenAPI 3 or Swagger 2 document"
        )
    if not str(version).startswith(("3.", "2.0")):
        raise InputError(
            f"OpenAPI {version} can't be fuzzed",
            file=document.file,
            line=document.line_of(("openapi",) if "openapi" in data else ("swagger",)),
            remedy="3.0, 3.1 and Swagger 2.0 can",
        )
    for _, item in root.mapping("paths"):
        item.expect(dict, "keys and values")
        for method, operation in item.entries():
            if method in ("get", "put", "post", "delete", "patch", "head", "options", "trace"):
                operation.expect(dict, "keys and values")
    if not any(True for _ in operations_of(data)):
        raise root.error("it has no operations: there is nothing to test", remedy="give 'paths' some")
    return data


def read_values(path: Path) -> Values:
    """Known values from a YAML file: name of a field or parameter, and a value or a list of them. Raises InputError."""
    source = read_yaml(path)
    source.require_keys("it needs names and values, such as 'sku: [A-1, A-2]'")
    found: dict[str, tuple[str | int, ...]] = {}
    for name, given in source.data.items():
        listed = tuple(given) if isinstance(given, list) else (given,)
        if not listed or any(not isinstance(one, str | int) for one in listed):
            raise InputError(
                "texts and whole numbers can be given", file=str(path), line=source.line_of((name,)), field=str(name)
            )
        found[str(name)] = listed
    return found


def filled(text: str, where: str) -> str:
    """A text with its `${VARIABLE}`s from the environment. Raises InputError for one that is not set."""

    def value(found: re.Match[str]) -> str:
        given = os.environ.get(found[1])
        if not given:
            raise InputError(f"the environment variable {found[1]} is not set", field=where)
        return given

    return _VARIABLE.sub(value, text)


def _server(library: Library, data: dict[str, Any]) -> str:
    servers = data.get("servers")
    first = servers[0].get("url") if isinstance(servers, list) and servers and isinstance(servers[0], dict) else None
    if not isinstance(first, str) or not first.startswith(("http://", "https://")):
        raise InputError(
            "the contract does not say where the API answers", file=library.main.file, remedy="give --base-url URL"
        )
    return first
