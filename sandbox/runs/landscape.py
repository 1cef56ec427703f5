"""What the mock systems offer: from their own route tables, so that names in a scenario can be checked."""

from __future__ import annotations

from functools import lru_cache

from mock_systems.carrier.system import build_carrier
from mock_systems.commerce.system import build_commerce
from mock_systems.desk.system import build_desk
from mock_systems.erp.system import build_erp
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.wms.system import build_wms
from sandbox.faults.landscape import Landscape, Surface

_BUILDERS = (build_commerce, build_erp, build_wms, build_carrier, build_desk)


@lru_cache(maxsize=1)
def default_landscape() -> Landscape:
    """The five systems of a run, with the operations that an integration may call and the topics they send."""
    empty, streams = Opening("GBP", (), (), (), ()), Streams(0)
    found: dict[str, Surface] = {}
    for build in _BUILDERS:
        system = build(empty, streams)
        operations = tuple(route.operation for route in system.routes.routes if route.scope == "integration")
        found[system.name] = Surface(operations, tuple(system.topics))
    return found
