"""The contracts of the mock systems: an OpenAPI 3.1 document each, made from the route table that also serves."""

from __future__ import annotations

from typing import Any

from mock_systems.carrier.system import build_carrier
from mock_systems.commerce.system import build_commerce
from mock_systems.desk.system import build_desk
from mock_systems.erp.system import build_erp
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.wms.system import build_wms

_BUILDERS = (build_commerce, build_erp, build_wms, build_carrier, build_desk)


def documents() -> dict[str, dict[str, Any]]:
    """System name -> its OpenAPI document."""
    from mock_systems.kit.face import asgi_app  # FastAPI: a command that asks for no document need not wait for it

    return {system.name: asgi_app(system).openapi() for system in empty_systems()}


def empty_systems() -> tuple[MockSystem, ...]:
    """All systems with nothing in their books: what they offer has no part in that."""
    empty, streams = Opening("GBP", (), (), (), ()), Streams(0)
    return tuple(build(empty, streams) for build in _BUILDERS)
