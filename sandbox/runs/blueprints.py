"""What a scenario says of the systems, as blueprints: the same for a virtual run and for live processes."""

from __future__ import annotations

from collections.abc import Mapping

from mock_systems.blueprints import (
    Blueprint,
    CarrierBlueprint,
    CommerceBlueprint,
    DeskBlueprint,
    ErpBlueprint,
    WmsBlueprint,
)
from mock_systems.carrier.system import CARRIER_DOOR
from mock_systems.commerce.system import COMMERCE_DOOR
from mock_systems.desk.system import DESK_DOOR
from mock_systems.erp.system import ERP_DOOR
from mock_systems.wms.system import WMS_DOOR
from sandbox.runs.scenario_file import SystemsBlock


def blueprints(settings: SystemsBlock, demand_us: int) -> Mapping[str, Blueprint]:
    """The five systems by name. `demand_us` is how long there is demand: master data changes no longer than that."""
    commerce, erp, wms, carrier, desk = settings.commerce, settings.erp, settings.wms, settings.carrier, settings.desk
    found: tuple[Blueprint, ...] = (
        CommerceBlueprint(
            door=commerce.door(COMMERCE_DOOR), webhooks=commerce.webhooks.rules(), returns=commerce.returns()
        ),
        ErpBlueprint(
            door=erp.door(ERP_DOOR),
            webhooks=erp.webhooks.rules(),
            credit_desk=erp.credit_desk(),
            master_data=erp.master_data.config(demand_us),
            customers_pay=erp.customers_pay.behaviour(),
            replenishment=erp.replenishment.config() if erp.replenishment is not None else None,
        ),
        WmsBlueprint(
            door=wms.door(WMS_DOOR),
            webhooks=wms.webhooks.rules(),
            floor=wms.floor(),
            counting=wms.counting(),
            inspection=wms.inspection(),
        ),
        CarrierBlueprint(
            door=carrier.door(CARRIER_DOOR),
            webhooks=carrier.webhooks.rules(),
            delivers_within_us=carrier.delivers_within,
        ),
        DeskBlueprint(door=desk.door(DESK_DOOR), webhooks=desk.webhooks.rules(), clerks=desk.config()),
    )
    return {blueprint.system: blueprint for blueprint in found}
