"""What the mock systems offer: from their own route tables, so that names in a scenario can be checked."""

from __future__ import annotations

from functools import lru_cache

from mock_systems.documents import empty_systems
from sandbox.faults.landscape import Landscape, Surface


@lru_cache(maxsize=1)
def default_landscape() -> Landscape:
    """The five systems of a run, with the operations that an integration may call and the topics they send."""
    found: dict[str, Surface] = {}
    for system in empty_systems():
        routes = [route for route in system.routes.routes if route.scope == "integration"]
        found[system.name] = Surface(
            tuple(route.operation for route in routes),
            tuple(system.topics),
            tuple(f"{route.method} {route.path}" for route in routes),
        )
    return found
