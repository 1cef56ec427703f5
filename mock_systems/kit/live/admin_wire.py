"""What goes over the wire of a live system's admin API."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.kit.opening import Opening

Speed = Annotated[float, Field(gt=0, le=100_000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClockAnchor(_Body):
    """When the wall showed `wall_us` the clock showed `now_us`; it runs `speed` times as fast."""

    wall_us: int
    now_us: Annotated[int, Field(ge=0)]
    speed: Speed = 1.0


class ShownClock(BaseModel):
    """The clock: what it shows now, by which anchor."""

    now_us: int
    anchor: ClockAnchor


class Reset(_Body):
    """What to begin anew with; what is left out is as it was. `start_us` goes with a clock that shows it."""

    seed: int | None = None
    opening: Opening | None = None
    start_us: int | None = None
    clock: ClockAnchor | None = None


class Restoration(_Body):
    """By which clock to go on; left out: the clock is turned back to the time of the snapshot."""

    clock: ClockAnchor | None = None


class Snapshots(BaseModel):
    """The snapshots there are."""

    items: list[str]


class ArmedFaults(_Body):
    """Faults at the door and of webhooks, as `CallFault` and `WebhookFault` write them; times are the system's."""

    calls: list[dict[str, Any]] = []
    webhooks: list[dict[str, Any]] = []


class ShownFaults(BaseModel):
    """The faults that are armed; `applied` counts how often each was carried out."""

    calls: list[dict[str, Any]]
    webhooks: list[dict[str, Any]]
    applied: dict[str, int]


class ShownFact(BaseModel):
    """A fact of the ledger."""

    seq: int
    at_us: int
    system: str
    kind: str
    entity: str
    order: str | None
    data: dict[str, Any]
    trace: str | None
    fence: int | None


class FactPage(BaseModel):
    """Facts in the order in which they happened. `last` is the `seq` to go on after; `written` counts all there are.

    In another `generation` (after a reset or a restore) they are numbered anew. Facts still to come are of `now_us` or
    later.
    """

    generation: int
    items: list[ShownFact]
    last: int
    written: int
    now_us: int


class ShownCall(BaseModel):
    """A call of an integration. `status` null: the caller never heard back; `after_us`: when the answer left."""

    seq: int
    at_us: int
    operation: str
    about: str
    status: int | None
    after_us: int
    retry_after: str | None


class CallPage(BaseModel):
    """Calls in their order, of this process alone. `last` is the `seq` to go on after; `seen` counts all there were.

    Another `process` counts anew. Calls still to come are of `now_us` or later.
    """

    process: int
    items: list[ShownCall]
    last: int
    seen: int
    now_us: int


class ShownAlarm(BaseModel):
    """What went wrong with a `call` or a `webhook`; `outcome` is `fault.<kind>:<id>`, or one word."""

    seq: int
    at_us: int
    what: str
    subject: str
    order: str | None
    outcome: str


class AlarmPage(BaseModel):
    """Alarms in their order, of this `process` alone. `last` is the `seq` to go on after."""

    process: int
    items: list[ShownAlarm]
    last: int
    seen: int
    now_us: int


class Forgotten(BaseModel):
    """How many subscriptions were deleted."""

    subscriptions: int


class Load(_Body):
    """Goods that another system hands over: `kind` is what they are, `id` what they are taken once by."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    kind: str
    data: Any


class Status(BaseModel):
    """How the system is, and its process's id; what is counted of calls and webhooks is that process's alone."""

    system: str
    pid: int
    ready: bool
    generation: int
    seed: int
    now_us: int
    speed: float
    facts: int
    calls: int
    refused: int
    denied: int
    peak_concurrency: int
    peak_per_minute: int
    by_operation: dict[str, int]
    webhooks_sent: int
    webhooks_under_way: int
    loads_under_way: int
