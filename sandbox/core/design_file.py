"""A design as a person writes it: what may stand in the YAML, with durations like `10s` and shares like `20%`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from sandbox import durations
from sandbox.core.design_parts import (
    Acknowledge,
    ExceptionRules,
    Intake,
    Inventory,
    MasterDataRules,
    Precedence,
    Returns,
    Safety,
    ShortageRule,
    Shortages,
    Workers,
)
from sandbox.core.design_words import Block, Count, Duration, DurationOrNever, DurationOrNone, Share, text_default
from sandbox.core.flows_file import FlowsBlock


class BackoffBlock(Block):
    """Waits between attempts: uniform up to base × factor^(attempt - 1), at most cap."""

    base: Duration | None = None
    factor: Annotated[float, Field(ge=1, le=10)] | None = None
    cap: Duration | None = None


class BreakerBlock(Block):
    """Open after `failures` in a row, for `cool_down`, doubled up to its cap while the `probes` fail.

    After a start, until the first answer, no more than `probes` calls are under way, and as many failures open it.
    """

    failures: Count | None = None
    cool_down: Duration | None = None
    cool_down_cap: Duration | None = None
    probes: Count | None = None


class BudgetBlock(Block):
    """Retries as a share of calls, with a floor a minute, saved up to `ceiling`."""

    share: Share | None = None
    floor_per_minute: Annotated[float, Field(ge=0)] | None = None
    ceiling: Annotated[float, Field(ge=1)] | None = None


class CallBlock(Block):
    """How one system is called; what is left out comes from `default`."""

    timeout: Duration | None = Field(None, description="for one attempt")
    patience: Duration | None = Field(None, description="for all attempts of a call, with their waits and the queue")
    attempts: Count | None = None
    backoff: BackoffBlock | None = None
    concurrency: Count | None = Field(None, description="calls at once; the rest wait in the core's own queue")
    per_minute: Count | None = Field(None, description="calls started in any minute")
    breaker: BreakerBlock | None = None
    retry_budget: BudgetBlock | None = None
    late_commit_bound: DurationOrNone | None = Field(
        None, description="how long after a lost call the system may still carry it out"
    )
    staleness: DurationOrNone | None = Field(None, description="how old a state its reads may show")
    honours_keys: bool | None = Field(None, description="whether the system keeps the answer to an Idempotency-Key")
    keys_last: Duration | None = Field(None, description="so long after its first use a key is relied on")


class CallsBlock(Block):
    """Call policies: the default, and each system's differences from it."""

    default: CallBlock = CallBlock()
    commerce: CallBlock = CallBlock()
    erp: CallBlock = CallBlock()
    wms: CallBlock = CallBlock()
    carrier: CallBlock = CallBlock()
    desk: CallBlock = CallBlock()


class IntakeBlock(Block):
    """How what comes in is taken."""

    poll_overlap: DurationOrNone = text_default(Intake().poll_overlap_us)
    page_limit: Annotated[int, Field(ge=1, le=500, strict=True)] = Intake().page_limit
    deduplicate: bool = Intake().deduplicate
    acknowledge: Acknowledge = Intake().acknowledge
    dedupe_window: Duration = Field(
        Intake().dedupe_window_us,
        description="how long a message is remembered; longer than the senders repeat",
        json_schema_extra={"default": durations.format(Intake().dedupe_window_us)},
        ge=86_400_000_000,
    )
    subscriptions_every: DurationOrNever = text_default(Intake().subscriptions_every_us)


class SafetyBlock(Block):
    """The guards; each can be switched off to see what it was for."""

    idempotency_keys: bool = Safety().idempotency_keys
    look_up_unknown: bool = Safety().look_up_unknown
    retries: bool = Safety().retries
    breakers: bool = Safety().breakers
    versions: bool = Safety().versions
    recover_after_crash: bool = Safety().recover_after_crash
    outbox: bool = Safety().outbox
    leases: bool = Safety().leases


class InventoryBlock(Block):
    """What of the stock is for sale."""

    safety_stock: Annotated[int, Field(ge=0, strict=True)] = Inventory().safety_stock


class WorkersBlock(Block):
    """How much is done at once."""

    orders_at_once: Count = Workers().orders_at_once
    partitions: Annotated[int, Field(ge=1, le=1024, strict=True)] = Workers().partitions
    lease: Duration = text_default(Workers().lease_us)


class ShortagesBlock(Block):
    """What is done about goods that were not found when they were to be picked, or that no site has."""

    short_picks: tuple[ShortageRule, ...] = Shortages().short_picks
    first: Precedence = Field(Shortages().first, description="who gets what comes in")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        known = Shortages().short_picks
        if self.short_picks != tuple(rule for rule in known if rule in self.short_picks):
            raise ValueError(f"short_picks keep their order: {', '.join(known)}; leave out what shall not be done")
        if self.short_picks[-1:] != ("backorder",):
            raise ValueError("what nothing else serves has to wait: end short_picks with backorder")
        return self


class MasterDataBlock(Block):
    """How items and customers come from the ERP to the channel."""

    approve_price_change_above: Share = Field(
        MasterDataRules().approve_price_change_above, json_schema_extra={"default": "30%"}
    )


class ReturnsBlock(Block):
    """What customers give back."""

    give_up_after: Duration = text_default(Returns().give_up_after_us)


class ExceptionsBlock(Block):
    """When people are told."""

    unavailable_after: Duration = text_default(ExceptionRules().unavailable_after_us)
    backorder_after: Duration = text_default(ExceptionRules().backorder_after_us)


class DesignFile(Block):
    """The whole file."""

    name: Annotated[str, Field(min_length=1)]
    about: str = ""
    flows: FlowsBlock = FlowsBlock()
    intake: IntakeBlock = IntakeBlock()
    calls: CallsBlock = CallsBlock()
    safety: SafetyBlock = SafetyBlock()
    inventory: InventoryBlock = InventoryBlock()
    workers: WorkersBlock = WorkersBlock()
    shortages: ShortagesBlock = ShortagesBlock()
    master_data: MasterDataBlock = MasterDataBlock()
    returns: ReturnsBlock = ReturnsBlock()
    exceptions: ExceptionsBlock = ExceptionsBlock()
