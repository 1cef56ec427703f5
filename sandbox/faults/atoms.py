"""Atoms: the single faults that a plan is made of, as plain frozen data.

An atom says whom it means (system, operation or topic, business order), when (a window of time, or the n-th such
call in it) and with which parameters. Times count in microseconds from the start of the run. `written.py` has the form
in which people write them.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.faults.contract.edit import WireEdit

READ_KINDS = ("stale_read", "late_index", "page_drift", "poisoned_rows")
CALL_KINDS = (
    "outage", "slow", "error", "throttle", "lost_request", "lost_reply", "late_commit", "malformed", "partial",
    "duplicate_call", *READ_KINDS,
)  # fmt: skip
WEBHOOK_KINDS = ("webhook_lost", "webhook_doubled", "webhook_reordered", "webhook_delayed", "webhook_poisoned")
WEBHOOKS_DELETED = "webhooks_deleted"
STORE_KINDS = ("store_outage", "store_slow", "store_conflicts", "store_unknown")
BUS_KINDS = ("bus_outage", "bus_doubled", "bus_delayed", "bus_reordered")
PLATFORM_KINDS = (*STORE_KINDS, *BUS_KINDS)
# A database that refuses more than half of all commits is away: that is an outage.
CONFLICTS_MOST = 0.5
CORE_CRASH, CORE_PAUSE, CORE_CLOCK, DEMAND_SPIKE = "core_crash", "core_pause", "core_clock", "demand_spike"
# Never drawn: what a vendor changes is no matter of chance.
CONTRACT_CHANGE = "contract_change"
KINDS = (
    *CALL_KINDS,
    *WEBHOOK_KINDS,
    WEBHOOKS_DELETED,
    *PLATFORM_KINDS,
    CORE_CRASH,
    CORE_PAUSE,
    CORE_CLOCK,
    DEMAND_SPIKE,
)


@dataclass(frozen=True, slots=True)
class Window:
    """From `from_us` until before `until_us`, since the start of the run."""

    from_us: int
    until_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAtom:
    """Something happens to calls at a system's door; `operation` and `order` None mean all.

    `occurrence` takes only the n-th matching call of the window, `share` that fraction of them. `delay_us` and `factor`
    slow a call, `status` is the error's (with `html` in a proxy's page), `retry_after_us` what a refusal asks for, in
    the form `retry_after_form`; with `reset` the caller of a lost call learns at once that the connection broke.
    `delay_us` is also how late a commit comes, how old a read may be, and how young a row that is not listed yet;
    `poison` says how rows are spoiled. Of a list, `share` takes rows.
    """

    id: str
    kind: str
    system: str
    window: Window
    operation: str | None = None
    order: str | None = None
    occurrence: int | None = None
    share: float | None = None
    delay_us: int = 0
    factor: float = 1.0
    status: int = 503
    retry_after_us: int | None = None
    retry_after_form: str = "seconds"
    reset: bool = False
    html: bool = False
    poison: str = "unreadable"

    @property
    def ends_us(self) -> int:
        """When it is over: a late commit has come, a late row is listed."""
        return self.window.until_us + (self.delay_us if self.kind in ("late_commit", "late_index") else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAtom:
    """Something happens to the webhooks of a system; `topic` and `order` None mean all.

    `delay_us`: how much later the second copy comes, the longest that one is held back, or how long; `poison` says how
    a body is spoiled.
    """

    id: str
    kind: str
    system: str
    window: Window
    topic: str | None = None
    order: str | None = None
    occurrence: int | None = None
    share: float | None = None
    delay_us: int = 0
    poison: str = "unreadable"

    @property
    def ends_us(self) -> int:
        """When it is over: the last webhook that it held back has gone out."""
        return self.window.until_us + self.delay_us


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionAtom:
    """A system deletes its subscriptions at `at_us`, and tells nobody."""

    id: str
    system: str
    at_us: int
    window: Window

    @property
    def kind(self) -> str:
        """`webhooks_deleted`."""
        return WEBHOOKS_DELETED

    @property
    def ends_us(self) -> int:
        """When it has happened."""
        return self.at_us


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformAtom:
    """Something happens to the core's own store or bus, to this `share` of the commits or messages (None: all).

    `only` takes the commits that write just these tables (`sagas+outbox`, by name), or the messages of this topic;
    `order` those about one business order, `occurrence` the n-th such one of the window. `delay_us`: how much longer a
    commit takes, or how much later a message comes at the most. `happened` says whether a commit of which nothing is
    told was carried out (None: half of them, by chance).
    """

    id: str
    kind: str
    window: Window
    share: float | None = None
    delay_us: int = 0
    only: str | None = None
    order: str | None = None
    occurrence: int | None = None
    happened: bool | None = None

    @property
    def ends_us(self) -> int:
        """When it is over: the last message that it held back has come."""
        return self.window.until_us + self.delay_us


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashAtom:
    """The core loses its power and starts again `down_for_us` later.

    It happens at `at_us`; or, where that is None, at the `occurrence`-th call of `operation`, or at the `occurrence`-th
    commit that writes just the tables `commit`. `moment` says when: `after` its effect, while the reply is under way,
    or `before`, so that it has none.
    """

    id: str
    down_for_us: int
    window: Window
    at_us: int | None = None
    system: str | None = None
    operation: str | None = None
    order: str | None = None
    occurrence: int | None = None
    commit: str | None = None
    moment: str = "after"

    @property
    def kind(self) -> str:
        """`core_crash`."""
        return CORE_CRASH

    @property
    def ends_us(self) -> int:
        """When the core is back at the latest."""
        return (self.window.until_us if self.at_us is None else self.at_us) + self.down_for_us


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseAtom:
    """The core is frozen at `at_us` for `for_us`, and then goes on; a standby is started `standby_after_us` later."""

    id: str
    at_us: int
    for_us: int
    window: Window
    standby_after_us: int = 30_000_000

    @property
    def kind(self) -> str:
        """`core_pause`."""
        return CORE_PAUSE

    @property
    def ends_us(self) -> int:
        """When the core wakes up."""
        return self.at_us + self.for_us


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAtom:
    """The core's clock is `offset_us` ahead of the time (below zero: behind), and gains `drift_us` a day on top."""

    id: str
    window: Window
    offset_us: int = 0
    drift_us: int = 0

    @property
    def kind(self) -> str:
        """`core_clock`."""
        return CORE_CLOCK

    @property
    def ends_us(self) -> int:
        """When it is set right."""
        return self.window.until_us


@dataclass(frozen=True, slots=True, kw_only=True)
class SpikeAtom:
    """Orders come `factor` times as fast."""

    id: str
    window: Window
    factor: float

    @property
    def kind(self) -> str:
        """`demand_spike`."""
        return DEMAND_SPIKE

    @property
    def ends_us(self) -> int:
        """When it is over."""
        return self.window.until_us


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractAtom:
    """A system's contract is another one: `edits` say what it refuses, and what it says otherwise.

    `what` is the change in words. With `stays` it is never rolled back, and `window` only tells when it begins.
    """

    id: str
    system: str
    window: Window
    edits: tuple[WireEdit, ...]
    what: str = ""
    stays: bool = False

    @property
    def kind(self) -> str:
        """`contract_change`."""
        return CONTRACT_CHANGE

    @property
    def ends_us(self) -> int:
        """When it is rolled back; one that stays is part of the world from its beginning on."""
        return self.window.from_us if self.stays else self.window.until_us


Atom = (
    CallAtom | WebhookAtom | DeletionAtom | PlatformAtom | CrashAtom | PauseAtom | ClockAtom | SpikeAtom | ContractAtom
)
