"""Links of OpenAPI 3.1: which operations go on with what an operation has made, and where they find its name.

Nothing is declared twice: an operation is linked where every path and query parameter that it must have is called as a
member of what was made, or as a path parameter of the request that made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic.fields import FieldInfo

from mock_systems.kit.routes import Route


def links_of(route: Route, routes: Sequence[Route]) -> dict[str, dict[str, Any]]:
    """Operation id -> the link to it, for what `route` makes; empty where it makes nothing.

    A PUT makes what it names even where its only success is 200. What only the request's own path names is linked where
    it is the same path (the list of what was added to), and lists with a query are linked from their own path alone.
    """
    made = route.replies.get(201) or (route.replies.get(200) if route.method == "PUT" else None)
    if made is None:
        return {}
    known = {_told(name, field): f"$response.body#/{_told(name, field)}" for name, field in made.model_fields.items()}
    for parameter, member in route.linked_as.items():
        known[parameter] = known.pop(member)
    given = {name: f"$request.path.{name}" for name in route.path_parameters}
    found = {}
    for other in routes:
        wanted = _wanted(other)
        is_list = other.path == route.path
        says_new = not set(wanted) <= given.keys() or route.method == "PUT"
        if other is route or not wanted or not (is_list or (says_new and not _queried(other))):
            continue
        if all(name in known or name in given for name in wanted):
            found[other.operation] = {
                "operationId": other.operation,
                "parameters": {name: known.get(name) or given[name] for name in wanted},
                "description": other.summary,
            }
    return found


def _wanted(route: Route) -> list[str]:
    """The parameters without which the operation cannot be called."""
    return [*route.path_parameters, *_queried(route)]


def _queried(route: Route) -> list[str]:
    fields = () if route.query is None else route.query.model_fields.items()
    return [_told(name, field) for name, field in fields if field.is_required()]


def _told(name: str, field: FieldInfo) -> str:
    return field.alias or name
