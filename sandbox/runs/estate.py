"""The estate of a run: the five systems with their opening balances, wired as a scenario asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from mock_systems.carrier.system import CARRIER_DOOR, build_carrier
from mock_systems.commerce.system import COMMERCE_DOOR, build_commerce
from mock_systems.desk.system import DESK_DOOR, build_desk
from mock_systems.erp.system import ERP_DOOR, build_erp
from mock_systems.kit.access import OAuthClient
from mock_systems.kit.door import DoorConfig, default_tokens
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.wms.system import WMS_DOOR, build_wms
from sandbox.core.systems.credentials import ClientSecret, Credential
from sandbox.runs.landscape import default_landscape
from sandbox.runs.scenario_file import SystemBlock, SystemsBlock
from sandbox.system_names import SYSTEM_NAMES

Estate = Mapping[str, MockSystem]
_CLIENT: Final = "sync-core"


def build_estate(opening: Opening, streams: Streams, settings: SystemsBlock, demand_us: int) -> Estate:
    """The systems by name; their webhooks go to the core. `demand_us` is how long there is demand.

    Trucks bring suppliers' goods to the warehouses and hand parcels to the carrier; customers send parcels back.
    """
    wms = build_wms(
        opening,
        streams,
        _door("wms", settings.wms, WMS_DOOR),
        settings.wms.floor(),
        counting=settings.wms.counting(),
        inspection=settings.wms.inspection(),
    )
    carrier = build_carrier(opening, streams, _door("carrier", settings.carrier, CARRIER_DOOR))
    wms.on_departure.append(carrier.collect)
    erp = build_erp(
        opening,
        streams,
        _door("erp", settings.erp, ERP_DOOR),
        credit_desk=settings.erp.credit_desk(),
        master_data=settings.erp.master_data.config(demand_us),
        customers_pay=settings.erp.customers_pay.behaviour(),
        replenishment=settings.erp.replenishment.config() if settings.erp.replenishment is not None else None,
    )
    erp.on_delivery.append(wms.deliver)
    returns = settings.commerce.returns()
    commerce = build_commerce(opening, streams, _door("commerce", settings.commerce, COMMERCE_DOOR), returns=returns)
    commerce.senders.hands.append(wms.take_back)
    desk = build_desk(opening, streams, _door("desk", settings.desk, DESK_DOOR), clerks=settings.desk.config())
    estate: dict[str, MockSystem] = {system.name: system for system in (commerce, erp, wms, carrier, desk)}
    for name, surface in default_landscape().items():
        block: SystemBlock = getattr(settings, name)
        estate[name].webhooks.rules = block.webhooks.rules()
        estate[name].webhooks.subscribe(f"/webhooks/{name}", surface.topics)
    return estate


def core_credentials(settings: SystemsBlock) -> dict[str, Credential]:
    """What the core shows at each system's door."""
    return {
        name: f"core-{name}" if getattr(settings, name).oauth is None else ClientSecret(_CLIENT, _secret_of(name))
        for name in SYSTEM_NAMES
    }


def _door(name: str, block: SystemBlock, default: DoorConfig) -> DoorConfig:
    config = block.door(default)
    if block.oauth is None:
        return config
    return replace(
        config,
        tokens={token: scopes for token, scopes in default_tokens(name).items() if "shopper" in scopes},
        clients={_CLIENT: OAuthClient(_secret_of(name), frozenset(("integration",)))},
        token_lasts_us=block.oauth.token_lasts,
    )


def _secret_of(system: str) -> str:
    """Of the core as that system's client. No secret: nobody but the run's own systems can be asked with it."""
    return f"secret-of-the-core-at-{system}"
