"""The estate of a run: the five systems with their opening balances, wired as a scenario asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from mock_systems.blueprints import build
from mock_systems.carrier.system import Carrier
from mock_systems.commerce.system import Commerce
from mock_systems.erp.system import Erp
from mock_systems.kit.access import OAuthClient
from mock_systems.kit.door import DoorConfig, default_tokens
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.wms.system import Wms
from sandbox.core.systems.credentials import ClientSecret, Credential
from sandbox.runs.blueprints import blueprints
from sandbox.runs.landscape import default_landscape
from sandbox.runs.scenario_file import SystemBlock, SystemsBlock
from sandbox.system_names import SYSTEM_NAMES

Estate = Mapping[str, MockSystem]
CLIENT: Final = "sync-core"


def build_estate(opening: Opening, streams: Streams, settings: SystemsBlock, demand_us: int) -> Estate:
    """The systems by name; their webhooks go to the core. `demand_us` is how long there is demand.

    Trucks bring suppliers' goods to the warehouses and hand parcels to the carrier; customers send parcels back.
    """
    estate = {
        name: build(one, opening, streams, _door(name, getattr(settings, name), one.door))
        for name, one in blueprints(settings, demand_us).items()
    }
    erp, wms, carrier, commerce = estate["erp"], estate["wms"], estate["carrier"], estate["commerce"]
    assert isinstance(erp, Erp)
    assert isinstance(wms, Wms)
    assert isinstance(carrier, Carrier)
    assert isinstance(commerce, Commerce)
    wms.on_departure.append(carrier.collect)
    erp.on_delivery.append(wms.deliver)
    commerce.senders.hands.append(wms.take_back)
    for name, surface in default_landscape().items():
        estate[name].webhooks.subscribe(f"/webhooks/{name}", surface.topics)
    return estate


def core_credentials(settings: SystemsBlock) -> dict[str, Credential]:
    """What the core shows at each system's door."""
    return {
        name: f"core-{name}" if getattr(settings, name).oauth is None else ClientSecret(CLIENT, _secret_of(name))
        for name in SYSTEM_NAMES
    }


def _door(name: str, block: SystemBlock, door: DoorConfig) -> DoorConfig:
    """The door with those whom it knows."""
    if block.oauth is None:
        return door
    return replace(
        door,
        tokens={token: scopes for token, scopes in default_tokens(name).items() if "shopper" in scopes},
        clients={CLIENT: OAuthClient(_secret_of(name), frozenset(("integration",)))},
    )


def _secret_of(system: str) -> str:
    """Of the core as that system's client. No secret: nobody but the run's own systems can be asked with it."""
    return f"secret-of-the-core-at-{system}"
