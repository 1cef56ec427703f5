"""Which operation of a system a request means, by method and path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mock_systems.kit.routes import match

_METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options")

# An operation's method and path template, `("POST", "/invoices/{invoice}/reversal")`, by its name.
Templates = Mapping[str, tuple[str, str]]


class Found(NamedTuple):
    """An operation's name, and the values that stand in the path."""

    name: str
    params: Mapping[str, str]


class Operations:
    """Operations by method and path template. What is not among them is called by its method and path."""

    def __init__(self, templates: Templates) -> None:
        self._by_shape: dict[tuple[str, int], list[tuple[tuple[str, ...], str]]] = {}
        # Those with the fewest gaps come first: /items/changes before /items/{sku}.
        for name, (method, path) in sorted(templates.items(), key=lambda one: one[1][1].count("{")):
            parts = tuple(path.strip("/").split("/"))
            self._by_shape.setdefault((method.upper(), len(parts)), []).append((parts, name))

    def find(self, method: str, path: str) -> Found:
        """The operation of a request; `path` without the query."""
        parts = path.strip("/").split("/")
        for template, name in self._by_shape.get((method, len(parts)), ()):
            params = match(template, parts)
            if params is not None:
                return Found(name, params)
        return Found(f"{method} {path}", {})


def in_document(document: Any) -> dict[str, tuple[str, str]]:
    """The operations of an OpenAPI document by their operationId; none where it has none."""
    return dict(_named(document))


def _named(document: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    paths = document.get("paths") if isinstance(document, Mapping) else None
    for path, item in (paths if isinstance(paths, Mapping) else {}).items():
        for method in _METHODS:
            operation = item.get(method) if isinstance(item, Mapping) else None
            if isinstance(operation, Mapping) and isinstance(operation.get("operationId"), str):
                yield operation["operationId"], (method.upper(), str(path))
