"""What the oracle is told before it listens: whose ledgers it hears, how patient it is, when systems were away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

HOUR_US = 3_600_000_000

Window = tuple[int, int]
"""A stretch of time, `(from_us, until_us)`."""

ALL_LEDGERS = ("commerce", "erp", "wms", "carrier", "desk")
CORE = "core"
"""The name under which `Context.outages` tells when the sync core itself was down."""
BUS = "bus"
"""The name under which `Context.outages` tells when the core's own bus took no events."""


def label_look_up(order: str | None = None) -> str:
    """The name under which `Context.outages` tells when labels, or those of one order, could not be looked up."""
    return "label look-up" if order is None else f"label look-up of {order}"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a core may take, in microseconds; each must be shorter than the settle phase of a run.

    `order_us`: an accepted order reaches the ERP, is cancelled or surfaced. `goods_issue_us`, `invoice_us`: after the
    shipment. `money_us`: from the invoice to capture and payment. `label_us`: a label is used or voided.
    `reservation_us`: stock kept for a dead order is given free. `inventory_us`: published stock agrees again.
    `stuck_us`: an order whose next step is the core's gets an exception. `alarm_us`: a needless exception is closed.
    `staleness_us`: how old published stock may be when too much is sold from it. `request_us`: a shopper's request is
    answered. `progress_us`: a document is followed by the next one. `backorder_us`: stock that came is given to who
    waits for it. `return_us`: what came back is credited and refunded. `count_us`: a count is approved.
    `compensation_us`: what an order needs no longer is taken back. `content_us`: an edit, or a new version of an item,
    is known everywhere. `recovery_us`: after the last fault work flows as before.
    """

    order_us: int = 6 * HOUR_US
    goods_issue_us: int = 6 * HOUR_US
    invoice_us: int = 6 * HOUR_US
    money_us: int = 6 * HOUR_US
    label_us: int = 12 * HOUR_US
    reservation_us: int = 6 * HOUR_US
    inventory_us: int = 2 * HOUR_US
    stuck_us: int = 12 * HOUR_US
    alarm_us: int = 2 * HOUR_US
    staleness_us: int = 2 * HOUR_US
    request_us: int = 6 * HOUR_US
    progress_us: int = 6 * HOUR_US
    backorder_us: int = 6 * HOUR_US
    return_us: int = 12 * HOUR_US
    count_us: int = 24 * HOUR_US
    compensation_us: int = 6 * HOUR_US
    content_us: int = 6 * HOUR_US
    recovery_us: int = 2 * HOUR_US


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """What a system puts up with. `repeats_share` of the first calls, and `repeats_per_minute` on top, may be repeats.

    A system that has served nobody for `settles_within_minutes` gets no more than `probes_per_minute`.

    Half: where every third call fails by chance, that many repeats bring everything through; a system that fails more
    often is kept down by them. Twenty a minute over ten minutes: a usual retry budget's ten a minute, and the hundred
    that it may have saved. Twenty probes: a core that restarts in that minute has to learn anew that a system is away.
    """

    repeats_share: float = 0.5
    repeats_per_minute: float = 20.0
    probes_per_minute: int = 20
    settles_within_minutes: int = 3


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of a run from the start.

    `heal_us` is when the last fault is off (0: there were none); `outages` maps a system, or `core`, `bus` or a label
    look-up, to the windows in which it could not be used; `ledgers` are the systems whose facts are heard;
    `safety_stock` eaches of each item are kept back from sale by the design; `load` is what systems put up with; orders
    without an account are booked in the ERP on `cash_customer`; the facts of systems in `foreign` are derived.
    """

    heal_us: int = 0
    outages: Mapping[str, Sequence[Window]] = field(default_factory=dict)
    deadlines: Deadlines = Deadlines()
    load: LoadLimits = LoadLimits()
    ledgers: tuple[str, ...] = ALL_LEDGERS
    safety_stock: int = 0
    cash_customer: str = "C-CASH"
    foreign: tuple[str, ...] = ()

    def patience(self, limit_us: int, *needs: str) -> Patience:
        """A deadline that stands still while one of the systems in `needs`, or the core, is away."""
        named = {system: tuple(self.outages.get(system, ())) for system in (*needs, CORE)}
        return Patience(limit_us, {system: windows for system, windows in named.items() if windows})


class Patience:
    """A deadline of `limit_us`, extended by the time that systems were away."""

    def __init__(self, limit_us: int, outages: Mapping[str, Sequence[Window]]) -> None:
        self.limit_us = limit_us
        self._outages = outages
        self._away = merged(window for windows in outages.values() for window in windows)

    def due_us(self, since_us: int) -> int:
        """When something that is owed since `since_us` is late."""
        left_us, at_us = self.limit_us, since_us
        for from_us, until_us in self._away:
            if until_us <= at_us:
                continue
            up_us = max(0, from_us - at_us)
            if up_us >= left_us:
                break
            left_us -= up_us
            at_us = until_us
        return at_us + left_us

    def reason(self, since_us: int) -> str:
        """Why more than `limit_us` is granted from `since_us` on: the systems that were away."""
        due_us = self.due_us(since_us)
        away = [
            system
            for system, windows in sorted(self._outages.items())
            if any(from_us < due_us and until_us > since_us for from_us, until_us in windows)
        ]
        return "outage of " + " and ".join(away)


def merged(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same time as windows that neither overlap nor touch, in order."""
    whole: list[Window] = []
    for from_us, until_us in sorted(windows):
        if whole and from_us <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], until_us))
        else:
            whole.append((from_us, until_us))
    return tuple(whole)
