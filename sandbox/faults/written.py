"""Atoms as people write them in YAML: one entry a fault, its kind as the key."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults.atoms import KINDS, Atom, CallAtom, CrashAtom, SpikeAtom, WebhookAtom, Window
from sandbox.faults.moments import Duration, Length, Moment, Share


class Written(BaseModel):
    """A part of a file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Timed(Written):
    """When: `at` and `for`, or `from` and `to`; neither: as long as there is demand."""

    kind: ClassVar[str]
    window_required: ClassVar[bool] = False

    at: Moment | None = Field(None, description="when it begins, since the start of the run")
    for_: Length | None = Field(None, alias="for", description="how long it lasts")
    from_: Moment | None = Field(None, alias="from", description="when it begins, since the start of the run")
    to: Moment | None = Field(None, description="when it ends, since the start of the run")

    def window(self, span_us: int) -> Window:
        """The time that is meant; `span_us` is how long there is demand."""
        if self.at is not None and self.for_ is not None:
            return Window(self.at, self.at + self.for_)
        if self.from_ is not None and self.to is not None:
            return Window(self.from_, self.to)
        return Window(0, span_us)


class Outage(Timed):
    """The system refuses all connections: certainly no effect."""

    kind = "outage"
    window_required = True
    system: str

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        return CallAtom(id=name, kind=self.kind, system=self.system, window=self.window(span_us))


class _OfCalls(Timed):
    system: str
    operation: str | None = Field(None, description="one operation of the system; left out: all")
    order: str | None = Field(None, description="only calls about this order, such as W-000003")
    occurrence: int | None = Field(None, ge=1, description="only the n-th such call, counted from 1")
    share: Share | None = Field(None, description="only this share of the calls, such as 5%")

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        given = self.model_dump(include={"system", "operation", "order", "occurrence", "share"})
        return CallAtom(id=name, kind=self.kind, window=self.window(span_us), **given, **self.parameters())

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {}


class Slow(_OfCalls):
    """Calls take `factor` times as long, and `by` longer."""

    kind = "slow"
    factor: float = Field(1.0, ge=1)
    by: Length | None = None

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"factor": self.factor, "delay_us": self.by or 0}


class Error(_OfCalls):
    """The system answers with a 5xx; nothing was done."""

    kind = "error"
    status: int = Field(503, ge=500, le=599)
    retry_after: Duration | None = None

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"status": self.status, "retry_after_us": self.retry_after}


class Throttle(_OfCalls):
    """The system answers 429, with or without Retry-After; nothing was done."""

    kind = "throttle"
    retry_after: Duration | None = None

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"retry_after_us": self.retry_after}


class LostRequest(_OfCalls):
    """The request never arrives; with `reset` the caller learns at once that the connection broke."""

    kind = "lost_request"
    reset: bool = False

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"reset": self.reset}


class LostReply(LostRequest):
    """The effect happens and its reply is lost; with `reset` the caller learns at once that the connection broke."""

    kind = "lost_reply"


class WebhookLost(Timed):
    """Webhooks are never delivered, nor tried again."""

    kind = "webhook_lost"
    system: str
    topic: str | None = Field(None, description="one topic of the system; left out: all")
    order: str | None = Field(None, description="only webhooks about this order, such as W-000003")
    occurrence: int | None = Field(None, ge=1, description="only the n-th such webhook, counted from 1")
    share: Share | None = Field(None, description="only this share of the webhooks, such as 5%")

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        given = self.model_dump(include={"system", "topic", "order", "occurrence", "share"})
        return WebhookAtom(id=name, kind=self.kind, window=self.window(span_us), **given, delay_us=self.delay_us())

    def delay_us(self) -> int:
        """How much later one comes."""
        return 0


class WebhookDoubled(WebhookLost):
    """Webhooks are delivered twice under one id, the second time `after` the first."""

    kind = "webhook_doubled"
    after: Duration = 0

    def delay_us(self) -> int:
        """How much later one comes."""
        return self.after


class WebhookReordered(WebhookLost):
    """Webhooks are held back by a time drawn up to `within`, so that later ones overtake them."""

    kind = "webhook_reordered"
    within: Length

    def delay_us(self) -> int:
        """How much later one comes."""
        return self.within


class WebhookDelayed(WebhookLost):
    """Webhooks are held back by `by`."""

    kind = "webhook_delayed"
    by: Length

    def delay_us(self) -> int:
        """How much later one comes."""
        return self.by


class CoreCrash(Written):
    """The core loses its power `at` a moment, or right after the n-th call of an operation had its effect."""

    kind: ClassVar[str] = "core_crash"
    at: Moment | None = None
    down_for: Length
    system: str | None = None
    operation: str | None = None
    order: str | None = None
    occurrence: int | None = Field(None, ge=1)

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        by_call = None if self.at is not None else self.occurrence or 1
        return CrashAtom(
            id=name,
            down_for_us=self.down_for,
            window=Window(0, span_us),
            at_us=self.at,
            system=self.system,
            operation=self.operation,
            order=self.order,
            occurrence=by_call,
        )


class DemandSpike(Timed):
    """Orders come `factor` times as fast."""

    kind = "demand_spike"
    window_required = True
    factor: float = Field(gt=1)

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        return SpikeAtom(id=name, window=self.window(span_us), factor=self.factor)


class Drawn(Written):
    """A number of faults drawn from the run's seed, of a random choice of these kinds (left out: of all)."""

    atoms: int = Field(ge=1, le=200)
    kinds: list[str] = Field(list(KINDS), min_length=1, json_schema_extra={"items": {"enum": list(KINDS)}})


AtomText = (
    Outage | Slow | Error | Throttle | LostRequest | LostReply | WebhookLost | WebhookDoubled | WebhookReordered
    | WebhookDelayed | CoreCrash | DemandSpike
)  # fmt: skip


class FaultEntry(Written):
    """One entry of `faults:`: exactly one kind, and an id where other things refer to it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 2})

    id: str | None = Field(None, pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", description="left out: F1, F2, … in turn")
    outage: Outage | None = None
    slow: Slow | None = None
    error: Error | None = None
    throttle: Throttle | None = None
    lost_request: LostRequest | None = None
    lost_reply: LostReply | None = None
    webhook_lost: WebhookLost | None = None
    webhook_doubled: WebhookDoubled | None = None
    webhook_reordered: WebhookReordered | None = None
    webhook_delayed: WebhookDelayed | None = None
    core_crash: CoreCrash | None = None
    demand_spike: DemandSpike | None = None
    drawn: Drawn | None = None

    @property
    def kinds(self) -> list[str]:
        """The kinds that were written: one, if the entry is sound."""
        return [name for name in type(self).model_fields if name != "id" and name in self.model_fields_set]

    @property
    def fault(self) -> AtomText | None:
        """What stands under the kind; None for `drawn`."""
        found: AtomText | None = getattr(self, self.kinds[0]) if self.kinds and self.drawn is None else None
        return found
