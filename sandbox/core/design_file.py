"""A design as a person writes it: what may stand in the YAML, with durations like `10s` and shares like `20%`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from sandbox import durations
from sandbox.core.design_parts import (
    Acknowledge,
    ExceptionRules,
    FollowUp,
    Intake,
    Inventory,
    Precedence,
    Safety,
    ShortageRule,
    Shortages,
    Workers,
)

_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")


def _share(value: Any) -> Any:
    percent = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if percent is None:
        raise ValueError(f"{value!r} is not a share: write per cent, like 20%")
    return float(percent[1]) / 100


def _duration(value: Any) -> int:
    duration_us = durations.parse(value)
    if duration_us == 0:
        raise ValueError(f"{value!r} is no time at all: write a duration above zero, like 10s")
    return duration_us


def _or_never(value: Any) -> int | None:
    return None if value == "never" else _duration(value)


def _text(check: Callable[[Any], Any], *examples: str) -> Any:
    """A type that is text in the file and checked by `check`."""
    return (BeforeValidator(check), WithJsonSchema({"type": "string", "examples": list(examples)}))


Duration = Annotated[int, *_text(_duration, "250ms", "10s", "5m", "1h30m")]
DurationOrNone = Annotated[int, *_text(durations.parse, "0s", "5m")]
DurationOrNever = Annotated[int | None, *_text(_or_never, "60s", "never")]
Share = Annotated[float, *_text(_share, "20%")]
Count = Annotated[int, Field(ge=1, strict=True)]


def _text_default(default_us: int | None) -> Any:
    """A default that editors show as it would be written."""
    shown = "never" if default_us is None else durations.format(default_us)
    return Field(default_us, json_schema_extra={"default": shown})


class Block(BaseModel):
    """A part of the file; a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BackoffBlock(Block):
    """Waits between attempts: uniform up to base × factor^(attempt - 1), at most cap."""

    base: Duration | None = None
    factor: Annotated[float, Field(ge=1, le=10)] | None = None
    cap: Duration | None = None


class BreakerBlock(Block):
    """Open after `failures` in a row, for `cool_down`, doubled up to its cap while the `probes` fail."""

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


class CallsBlock(Block):
    """Call policies: the default, and each system's differences from it."""

    default: CallBlock = CallBlock()
    commerce: CallBlock = CallBlock()
    erp: CallBlock = CallBlock()
    wms: CallBlock = CallBlock()
    carrier: CallBlock = CallBlock()
    desk: CallBlock = CallBlock()


class IntakeBlock(Block):
    """How orders come in."""

    webhooks: bool = Intake().webhooks
    poll_every: DurationOrNever = _text_default(Intake().poll_every_us)
    poll_overlap: DurationOrNone = _text_default(Intake().poll_overlap_us)
    page_limit: Annotated[int, Field(ge=1, le=500, strict=True)] = Intake().page_limit
    deduplicate: bool = Intake().deduplicate
    dedupe_window: Duration = _text_default(Intake().dedupe_window_us)
    acknowledge: Acknowledge = Intake().acknowledge

    @model_validator(mode="after")
    def _some_way_in(self) -> Self:
        if not self.webhooks and self.poll_every is None:
            raise ValueError("no order can come in: switch webhooks on, or give poll_every a duration")
        return self


class SafetyBlock(Block):
    """The guards; each can be switched off to see what it was for."""

    idempotency_keys: bool = Safety().idempotency_keys
    look_up_unknown: bool = Safety().look_up_unknown
    retries: bool = Safety().retries
    breakers: bool = Safety().breakers
    versions: bool = Safety().versions
    recover_after_crash: bool = Safety().recover_after_crash
    outbox: bool = Safety().outbox


class InventoryBlock(Block):
    """How stock reaches the channel."""

    publish_every: Duration = _text_default(Inventory().publish_every_us)
    reconcile_every: Duration = _text_default(Inventory().reconcile_every_us)
    safety_stock: Annotated[int, Field(ge=0, strict=True)] = Inventory().safety_stock


class FollowUpBlock(Block):
    """How often milestones are asked for, because webhooks get lost."""

    wms_poll_every: Duration = _text_default(FollowUp().wms_poll_every_us)
    erp_poll_every: Duration = _text_default(FollowUp().erp_poll_every_us)


class WorkersBlock(Block):
    """How much is done at once."""

    orders_at_once: Count = Workers().orders_at_once
    partitions: Annotated[int, Field(ge=1, le=1024, strict=True)] = Workers().partitions
    lease: Duration = _text_default(Workers().lease_us)


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


class ExceptionsBlock(Block):
    """When people are told."""

    unavailable_after: Duration = _text_default(ExceptionRules().unavailable_after_us)
    backorder_after: Duration = _text_default(ExceptionRules().backorder_after_us)


class DesignFile(Block):
    """The whole file."""

    name: Annotated[str, Field(min_length=1)]
    about: str = ""
    intake: IntakeBlock = IntakeBlock()
    calls: CallsBlock = CallsBlock()
    safety: SafetyBlock = SafetyBlock()
    inventory: InventoryBlock = InventoryBlock()
    follow_up: FollowUpBlock = FollowUpBlock()
    workers: WorkersBlock = WorkersBlock()
    shortages: ShortagesBlock = ShortagesBlock()
    exceptions: ExceptionsBlock = ExceptionsBlock()
