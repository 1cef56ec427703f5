"""The route table: each operation of a system, declared once.

From this table come the direct dispatch of the virtual world, the FastAPI app and its OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel

from mock_systems.kit.deprecation import Deprecated
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Reply, Request

Handler = Callable[[Any, Turn], Reply]
Reader = Callable[[Any], Any]
OrderOf = Callable[[Request, Mapping[str, str]], "str | None"]


# The scope of operations that ask for no token.
OPEN_TO_ALL: Final = ""


def no_order(request: Request, params: Mapping[str, str]) -> str | None:
    """For operations that concern no single order."""
    return None


@dataclass(frozen=True)
class Route:
    """One operation: `handler(books, turn)` does it; `replies` maps each status to its body's model.

    `path` is a template, `/sales-orders/{sales_order}`. `order_of` names the business order that a
    request is about, for triggers and traces. With `honours_key` the operation keeps the answer
    to an `Idempotency-Key` and gives it again. `is_form`: the body comes as a form, not as JSON.
    `linked_as` says which member of the reply is meant by a path parameter of another name (see kit/links.py).
    """

    operation: str
    method: str
    path: str
    handler: Handler
    summary: str
    replies: Mapping[int, type[BaseModel] | None]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    order_of: OrderOf = no_order
    honours_key: bool = False
    scope: str = "integration"
    tags: Sequence[str] = field(default=())
    is_form: bool = False
    linked_as: Mapping[str, str] = field(default_factory=dict)
    deprecated: Deprecated | None = None

    def __post_init__(self) -> None:
        # What `model_validate` comes down to; asked for once a route, it need not be looked up at each request.
        for name, model in (("read_body", self.body), ("read_query", self.query)):
            reader = model.__pydantic_validator__.validate_python if model is not None else None
            object.__setattr__(self, name, reader)
        parts = self.path.strip("/").split("/")
        object.__setattr__(self, "path_parameters", tuple(part[1:-1] for part in parts if part.startswith("{")))
        told = self.deprecated.headers() if self.deprecated is not None else {}
        object.__setattr__(self, "told_headers", told)

    read_body: Reader | None = field(init=False, repr=False, compare=False)
    read_query: Reader | None = field(init=False, repr=False, compare=False)
    path_parameters: tuple[str, ...] = field(init=False, repr=False, compare=False)
    told_headers: Mapping[str, str] = field(init=False, repr=False, compare=False)


class RouteTable:
    """The routes of one system; finds the one that a request means."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = tuple(routes)
        self._fixed: dict[str, dict[str, Route]] = {}
        self._templates: dict[int, list[tuple[tuple[str, ...], Route]]] = {}
        for route in self.routes:
            if "{" in route.path:
                parts = tuple(route.path.strip("/").split("/"))
                self._templates.setdefault(len(parts), []).append((parts, route))
            else:
                self._fixed.setdefault(route.path, {})[route.method] = route

    def find(self, request: Request) -> tuple[Route, dict[str, str]] | None:
        """The route and its path values, or None where no path and method fit."""
        fixed = self._fixed.get(request.path)
        if fixed is not None and (route := fixed.get(request.method)) is not None:
            return route, {}
        parts = request.path.strip("/").split("/")
        for template, route in self._templates.get(len(parts), ()):
            if route.method == request.method and (params := match(template, parts)) is not None:
                return route, params
        return None

    def methods_of(self, path: str) -> list[str]:
        """The methods that `path` answers to, sorted; empty where the path is unknown."""
        parts = path.strip("/").split("/")
        found = set(self._fixed.get(path, ()))
        found.update(r.method for t, r in self._templates.get(len(parts), ()) if match(t, parts) is not None)
        return sorted(found)


def match(template: tuple[str, ...], parts: Sequence[str]) -> dict[str, str] | None:
    """The values that the parts of a path have in a template of as many parts; None where it does not fit."""
    params: dict[str, str] = {}
    for want, have in zip(template, parts, strict=True):
        if want[:1] == "{" and want[-1] == "}":
            if not have:
                return None
            params[want[1:-1]] = have
        elif want != have:
            return None
    return params
