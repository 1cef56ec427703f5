"""What a mock system is built from, beside its opening balances: settings that can be written in a file.

The same blueprint builds the system of a virtual run and that of a live process.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.carrier.system import CARRIER_DOOR, build_carrier
from mock_systems.commerce.senders import ReturnConfig
from mock_systems.commerce.system import COMMERCE_DOOR, build_commerce
from mock_systems.desk.clerks import ClerksConfig
from mock_systems.desk.system import DESK_DOOR, build_desk
from mock_systems.erp.credit_desk import CreditDeskConfig
from mock_systems.erp.data_office import MasterDataConfig
from mock_systems.erp.receivables import PaymentBehaviour
from mock_systems.erp.replenishment_config import ReplenishmentConfig
from mock_systems.erp.system import ERP_DOOR, build_erp
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.opening import Opening
from mock_systems.kit.physics import DAY, MINUTE
from mock_systems.kit.streams import Streams
from mock_systems.kit.subscriptions import SubscriptionRules
from mock_systems.kit.system import MockSystem
from mock_systems.wms.counting import CountingConfig
from mock_systems.wms.floor_config import FloorConfig
from mock_systems.wms.inspection import InspectionConfig
from mock_systems.wms.receiving import ReceivingConfig
from mock_systems.wms.system import WMS_DOOR, build_wms


class _Blueprint(BaseModel):
    """What all have in common: the door, and the habits with subscriptions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    door: DoorConfig
    webhooks: SubscriptionRules = SubscriptionRules()


class CommerceBlueprint(_Blueprint):
    """The shop."""

    system: Literal["commerce"] = "commerce"
    door: DoorConfig = COMMERCE_DOOR
    returns: ReturnConfig = ReturnConfig()

    def make(self, opening: Opening, streams: Streams, door: DoorConfig) -> MockSystem:
        """The shop with these balances behind this door."""
        return build_commerce(opening, streams, door, returns=self.returns)


class ErpBlueprint(_Blueprint):
    """The ERP. Without `replenishment` nobody fills the shelves."""

    system: Literal["erp"] = "erp"
    door: DoorConfig = ERP_DOOR
    credit_desk: CreditDeskConfig = CreditDeskConfig()
    master_data: MasterDataConfig = MasterDataConfig()
    customers_pay: PaymentBehaviour = PaymentBehaviour()
    replenishment: ReplenishmentConfig | None = None

    def make(self, opening: Opening, streams: Streams, door: DoorConfig) -> MockSystem:
        """The ERP with these balances behind this door."""
        return build_erp(
            opening,
            streams,
            door,
            credit_desk=self.credit_desk,
            master_data=self.master_data,
            customers_pay=self.customers_pay,
            replenishment=self.replenishment,
        )


class WmsBlueprint(_Blueprint):
    """The warehouse system, with its floors and docks."""

    system: Literal["wms"] = "wms"
    door: DoorConfig = WMS_DOOR
    floor: FloorConfig = FloorConfig()
    receiving: ReceivingConfig = ReceivingConfig()
    counting: CountingConfig = CountingConfig()
    inspection: InspectionConfig = InspectionConfig()

    def make(self, opening: Opening, streams: Streams, door: DoorConfig) -> MockSystem:
        """The warehouse system with these balances behind this door."""
        return build_wms(
            opening,
            streams,
            door,
            self.floor,
            receiving=self.receiving,
            counting=self.counting,
            inspection=self.inspection,
        )


class CarrierBlueprint(_Blueprint):
    """The carrier. `delivers_within_us` is from dock to door, in microseconds; None: days, by its tariff."""

    system: Literal["carrier"] = "carrier"
    door: DoorConfig = CARRIER_DOOR
    delivers_within_us: int | None = Field(None, ge=MINUTE, le=DAY)

    def make(self, opening: Opening, streams: Streams, door: DoorConfig) -> MockSystem:
        """The carrier, behind this door."""
        return build_carrier(opening, streams, door, delivers_within_us=self.delivers_within_us)


class DeskBlueprint(_Blueprint):
    """The operations desk, with its clerks."""

    system: Literal["desk"] = "desk"
    door: DoorConfig = DESK_DOOR
    clerks: ClerksConfig = ClerksConfig()

    def make(self, opening: Opening, streams: Streams, door: DoorConfig) -> MockSystem:
        """The desk, behind this door."""
        return build_desk(opening, streams, door, clerks=self.clerks)


Blueprint = Annotated[
    CommerceBlueprint | ErpBlueprint | WmsBlueprint | CarrierBlueprint | DeskBlueprint,
    Field(discriminator="system"),
]


def build(blueprint: Blueprint, opening: Opening, streams: Streams, door: DoorConfig | None = None) -> MockSystem:
    """The system of a blueprint; `door` stands in for its own. Raises ValueError for balances that don't fit."""
    system = blueprint.make(opening, streams, door or blueprint.door)
    system.webhooks.rules = blueprint.webhooks
    return system
