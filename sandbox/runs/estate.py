"""The estate of a run: the five systems with their opening balances, wired as a scenario asks for."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.carrier.system import CARRIER_DOOR, build_carrier
from mock_systems.commerce.system import COMMERCE_DOOR, build_commerce
from mock_systems.desk.system import DESK_DOOR, build_desk
from mock_systems.erp.system import ERP_DOOR, build_erp
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.wms.system import WMS_DOOR, build_wms
from sandbox.runs.landscape import default_landscape
from sandbox.runs.scenario_file import SystemBlock, SystemsBlock

Estate = Mapping[str, MockSystem]


def build_estate(opening: Opening, streams: Streams, settings: SystemsBlock, demand_us: int) -> Estate:
    """The systems by name; their webhooks go to the core. `demand_us` is how long there is demand.

    Trucks bring suppliers' goods to the warehouses and hand parcels to the carrier; customers send parcels back.
    """
    wms = build_wms(
        opening,
        streams,
        settings.wms.door(WMS_DOOR),
        settings.wms.floor(),
        counting=settings.wms.counting(),
        inspection=settings.wms.inspection(),
    )
    carrier = build_carrier(opening, streams, settings.carrier.door(CARRIER_DOOR))
    wms.on_departure.append(carrier.collect)
    erp = build_erp(
        opening,
        streams,
        settings.erp.door(ERP_DOOR),
        credit_desk=settings.erp.credit_desk(),
        master_data=settings.erp.master_data.config(demand_us),
        customers_pay=settings.erp.customers_pay.behaviour(),
        replenishment=settings.erp.replenishment.config() if settings.erp.replenishment is not None else None,
    )
    erp.on_delivery.append(wms.deliver)
    returns = settings.commerce.returns()
    commerce = build_commerce(opening, streams, settings.commerce.door(COMMERCE_DOOR), returns=returns)
    commerce.senders.hands.append(wms.take_back)
    desk = build_desk(opening, streams, settings.desk.door(DESK_DOOR), clerks=settings.desk.config())
    estate: dict[str, MockSystem] = {system.name: system for system in (commerce, erp, wms, carrier, desk)}
    for name, surface in default_landscape().items():
        block: SystemBlock = getattr(settings, name)
        estate[name].webhooks.rules = block.webhooks.rules()
        estate[name].webhooks.subscribe(f"/webhooks/{name}", surface.topics)
    return estate


def core_tokens(estate: Estate) -> dict[str, str]:
    """The credentials of the core: system -> bearer token."""
    return {name: f"core-{name}" for name in estate}
