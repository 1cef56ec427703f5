"""A scenario as a person writes it in YAML."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from mock_systems.commerce.senders import ReturnConfig
from mock_systems.erp.credit_desk import CreditDeskConfig
from mock_systems.erp.replenishment_config import ReplenishmentConfig
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.physics import HOUR, MINUTE
from mock_systems.kit.subscriptions import SubscriptionRules
from mock_systems.wms.counting import CountingConfig
from mock_systems.wms.floor_config import FloorConfig
from mock_systems.wms.inspection import InspectionConfig
from sandbox.demand import HistoryDemand, SyntheticDemand
from sandbox.faults.moments import DAY_US, Length, Moment, Share
from sandbox.faults.written import FaultEntry, Written
from sandbox.moments import ShareOrNone
from sandbox.runs.customers_pay_block import CustomersPayBlock
from sandbox.runs.office_blocks import DeskWork, MasterDataBlock, staffed
from sandbox.runs.promises import PromisesBlock

# No key of a file is spelt so: errors leave these parts of a location out.
_MADE_UP, _REPLAYED = "(made up)", "(replayed)"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def midnight_us(value: object) -> int:
    """Microseconds since 1970 of a day, or of a time that is a midnight in UTC."""
    remedy = {"remedy": "write a day such as 2011-11-14, or a midnight in UTC such as 2011-11-14T00:00Z"}
    moment: object = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    if not isinstance(moment, datetime):
        raise PydanticCustomError("day", "{shown} is no day", {**remedy, "shown": repr(value)})
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    start_us = round((moment - EPOCH).total_seconds()) * 1_000_000
    if start_us % DAY_US:
        raise PydanticCustomError("day", "a run starts at a midnight in UTC, so that 10:00 means ten o'clock", remedy)
    if start_us < 0:
        raise PydanticCustomError("day", "a run starts in 1970 or later", remedy)
    return start_us


Day = Annotated[int, BeforeValidator(midnight_us), WithJsonSchema({"type": "string", "examples": ["2011-11-14"]})]
Fidelity = Literal["direct", "wire"]


class WorldBlock(Written):
    """When there is demand, and how faithfully calls are carried."""

    start: Day | None = Field(None, description="the first day; left out where a history tells it")
    days: int | None = Field(
        None, ge=1, le=731, description="how many days there is demand; left out: the whole history"
    )
    from_: Moment | None = Field(
        None, alias="from", description="when the run begins, counted from the start; left out: at midnight"
    )
    to: Moment | None = Field(None, description="when demand ends, counted from the start; left out: after the days")
    fidelity: Fidelity = Field("direct", description="wire sends real bytes through each system's HTTP face")


class WebhooksBlock(Written):
    """How a system keeps the subscriptions to its webhooks; left out: for ever, whatever becomes of them."""

    expires_after: Length | None = Field(None, description="subscriptions have to be renewed within this time")
    handshake: bool = Field(False, description="a subscription counts when its validation token has come back")
    deleted_after: int | None = Field(None, ge=1, description="failures in a row after which one is deleted")
    strict: bool = Field(False, description="one is deleted for any answer but success, 408, 425, 429 and 5xx")

    def rules(self) -> SubscriptionRules:
        """The system's rules."""
        return SubscriptionRules(self.expires_after, self.handshake, self.deleted_after, self.strict)


class OAuthBlock(Written):
    """The system takes tokens that it gives its clients (OAuth 2.0, client credentials); no token counts for ever."""

    token_lasts: Length = Field(
        HOUR, description="how long a token counts, from 1m on", ge=MINUTE, json_schema_extra={"default": "1h"}
    )


class SystemBlock(Written):
    """How a system lets callers in; what is left out is as the mock system has it."""

    slots: int | None = Field(None, ge=1, description="concurrent calls that it grants")
    service_ms: float | None = Field(None, ge=0, le=600_000, description="mean time to serve a call")
    per_minute: int | None = Field(None, ge=1, description="calls that it grants in a minute")
    webhooks: WebhooksBlock = WebhooksBlock()

    oauth: OAuthBlock | None = Field(None, description="left out: the core has a token that counts for ever")
    honours_keys: bool | None = Field(None, description="whether it keeps the answer to an Idempotency-Key")

    def door(self, default: DoorConfig) -> DoorConfig:
        """The door's settings, with what the scenario says in place of the default."""
        given = {"slots": self.slots, "service_ms": self.service_ms, "per_minute": self.per_minute}
        if self.honours_keys is not None:
            default = replace(default, honours_keys=self.honours_keys)
        if self.oauth is not None:
            default = replace(default, token_lasts_us=self.oauth.token_lasts)
        return replace(default, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


class ReplenishmentBlock(Written):
    """How the company replenishes, and how its suppliers deliver. `{}` takes all as it is by default."""

    hour: int | None = Field(None, ge=0, le=23, description="when the planner orders, each day (UTC)")
    lead_days: float | None = Field(None, gt=0, le=100, description="from the order to the truck, at least")
    lead_spread_days: float | None = Field(None, ge=0, le=100, description="and up to so many more")
    cover_days: int | None = Field(None, ge=1, le=365, description="what the target covers at the recent rate")
    lookback_days: int | None = Field(None, ge=1, le=365, description="what counts as recent")
    reorder_share: float | None = Field(None, ge=0, le=1, description="of the target, below which an item is ordered")
    suppliers: int | None = Field(None, ge=1, le=100)
    over_share: ShareOrNone | None = Field(None, description="lines of which more is sent than ordered")
    under_share: ShareOrNone | None = Field(None, description="lines of which less is sent than ordered")
    mispacked_share: ShareOrNone | None = Field(None, description="lines of which the truck differs from the notice")
    damaged_share: ShareOrNone | None = Field(None, description="lines of which a part arrives damaged")
    late_notice_share: ShareOrNone | None = Field(None, description="ship notices that come after their truck")

    def config(self) -> ReplenishmentConfig:
        """The planner's and the suppliers' settings."""
        return ReplenishmentConfig(**{name: value for name, value in self if value is not None})


class CommerceBlock(SystemBlock):
    """The shop, with its rule for returns and its customers' ways of sending them."""

    returns_within: Length | None = Field(None, description="how long after its shipment goods may come back")
    parcel_takes: Length | None = Field(None, description="mean time from the asking to the parcel at the dock")
    sends_fewer: ShareOrNone | None = Field(None, description="returns with less in the parcel than was announced")
    never_sends: ShareOrNone | None = Field(None, description="returns that nobody ever sends")

    def returns(self) -> ReturnConfig:
        """The settings of returns."""
        given = {
            "within_us": self.returns_within,
            "parcel_us": self.parcel_takes,
            "fewer": self.sends_fewer,
            "never": self.never_sends,
        }
        return replace(ReturnConfig(), **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


class ErpBlock(SystemBlock):
    """The ERP, with its credit desk, and how its customers pay."""

    credit_clerks: int | None = Field(None, ge=0, description="people who release or reject orders on hold")
    credit_review: Length | None = Field(None, description="the median of one review")
    replenishment: ReplenishmentBlock | None = Field(None, description="whether and how shelves are filled again")
    master_data: MasterDataBlock = MasterDataBlock()
    customers_pay: CustomersPayBlock = CustomersPayBlock()

    def credit_desk(self) -> CreditDeskConfig:
        """The credit desk's settings."""
        desk = CreditDeskConfig()
        return replace(desk, office=staffed(desk.office, self.credit_clerks, self.credit_review))


class WmsBlock(SystemBlock):
    """The warehouses, with the people on their floors."""

    pickers: int | None = Field(None, ge=1, le=1000, description="at each site")
    packers: int | None = Field(None, ge=1, le=1000, description="at each site")
    short_picks: Share | None = Field(None, description="lines of which the picker finds less than the books say")
    counts_per_day: int = Field(0, ge=0, le=10_000, description="items counted at each site")
    count_errors: Share | None = Field(None, description="counts in which the shelf differs from the book")
    scrap: ShareOrNone | None = Field(None, description="lines of returns that can't be sold again")

    def floor(self) -> FloorConfig:
        """The floors' settings."""
        return FloorConfig(pickers=self.pickers, packers=self.packers, short_picks=self.short_picks or 0.0)

    def counting(self) -> CountingConfig:
        """The counters' settings."""
        return CountingConfig(counts_per_day=self.counts_per_day, count_errors=self.count_errors or 0.0)

    def inspection(self) -> InspectionConfig:
        """The settings of the inspection of returns."""
        return InspectionConfig() if self.scrap is None else InspectionConfig(scrap=self.scrap)


def _a_day_at_most(time_us: int) -> int:
    if not MINUTE <= time_us <= DAY_US:
        remedy = {"remedy": "leave it out for a carrier that takes days, by its tariff"}
        raise PydanticCustomError("courier", "a courier takes from 1m to 1d", remedy)
    return time_us


class CarrierBlock(SystemBlock):
    """The carrier, with the time that it takes from dock to door."""

    delivers_within: Annotated[Length, AfterValidator(_a_day_at_most)] | None = Field(
        None, description="from the truck to any door, 1m to 1d; a late parcel takes up to twice; left out: tariff days"
    )


class DeskBlock(SystemBlock, DeskWork):
    """The operations desk, with its clerks."""


class SystemsBlock(Written):
    """The systems, as far as they differ from the mock systems' own settings."""

    commerce: CommerceBlock = CommerceBlock()
    erp: ErpBlock = ErpBlock()
    wms: WmsBlock = WmsBlock()
    carrier: CarrierBlock = CarrierBlock()
    desk: DeskBlock = DeskBlock()


class PhasesBlock(Written):
    """The phases around the faults: warm-up before, and how long a run goes on after demand and faults have ended."""

    warm_up: Length = Field(0, description="how long there is demand before any fault may strike")
    settle: Length = Field(3 * DAY_US, description="longer than every periodic job and the deadlines of the oracle")


def _demand_kind(value: Any) -> str:
    """A history is named; everything else is made up."""
    if isinstance(value, dict):
        return _REPLAYED if {"history", "mapping"} & set(value) else _MADE_UP
    return _REPLAYED if isinstance(value, HistoryDemand) else _MADE_UP


DemandBlock = Annotated[
    Annotated[SyntheticDemand, Tag(_MADE_UP)] | Annotated[HistoryDemand, Tag(_REPLAYED)],
    Discriminator(_demand_kind),
]


class ScenarioFile(Written):
    """The whole file."""

    title: str = Field(min_length=1, max_length=120)
    about: str = Field("", description="one sentence for the list of scenarios")
    seed: int = Field(1, ge=0, description="what the run's randomness is derived from; --seed goes before it")
    world: WorldBlock = WorldBlock()
    demand: DemandBlock
    design: str = Field("hybrid", description="a design by name, or a file's path from here")
    systems: SystemsBlock = SystemsBlock()
    faults: tuple[FaultEntry, ...] = ()
    knobs: Literal["designed", "drawn"] = Field(
        "designed", description="drawn: page sizes, intervals, windows and workers come from the seed, not the design"
    )
    phases: PhasesBlock = PhasesBlock()
    promises: PromisesBlock = PromisesBlock()
    expect: tuple[str, ...] = ()
