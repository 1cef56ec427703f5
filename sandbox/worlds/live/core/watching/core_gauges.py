"""How a core is at this moment: its orders, its policies, and what stands in its journal."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from prometheus_client.core import Metric

from mock_systems.kit.live.metrics_page import counter, gauge
from sandbox.core.hub import Hub
from sandbox.core.journal.tables import EXCEPTIONS
from sandbox.core.ports import Clock, StoreError, Transaction
from sandbox.worlds.live.bus.config import BusCounts

_BREAKER: Final = {"closed": 0, "half_open": 1, "open": 2}
_PAGE: Final = 1000
_ANSWERS_WITHIN_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class JournalCounts:
    """What the journal holds: exceptions by cause, `opened` ever and `open` now, and dead letters by source."""

    opened: Counter[str]
    open: Counter[str]
    dead_letters: Counter[str]


class CountedBus(Protocol):
    """A bus that counts what goes over it."""

    @property
    def counts(self) -> BusCounts:
        """Until now."""


class CoreGauges:
    """Asks the hub and the bus. `speed` is that of the loop, in whose seconds a deadline passes."""

    def __init__(self, hub: Hub, bus: CountedBus, clock: Clock, speed: float) -> None:
        self._hub = hub
        self._bus = bus
        self._clock = clock
        self._within_s = _ANSWERS_WITHIN_S * speed

    async def journal(self) -> JournalCounts | None:
        """What the journal holds; None where it does not answer."""
        if self._hub.parts.records.journal.is_away:
            return None
        store = self._hub.parts.ports.store
        try:
            async with asyncio.timeout(self._within_s), store.transaction() as tx:
                return await self._read(tx)
        except (TimeoutError, StoreError):
            return None

    async def _read(self, tx: Transaction) -> JournalCounts:
        opened, standing, after = Counter[str](), Counter[str](), ""
        while True:
            rows = await tx.scan(EXCEPTIONS, after, _PAGE)
            opened.update(row["cause"] for _, row in rows)
            standing.update(row["cause"] for _, row in rows if row["state"] == "open")
            if len(rows) < _PAGE:
                break
            after = rows[-1][0]
        letters = await self._hub.parts.records.dead_letters.parked(tx)
        return JournalCounts(opened, standing, Counter(row["source"] for row in letters))

    def metrics(self, journal: JournalCounts | None) -> Iterator[Metric]:
        """All that there is to tell now."""
        yield from self._orders()
        yield from self._policies()
        yield from self._process(journal is not None)
        if journal is not None:
            yield from _kept(journal)

    def _orders(self) -> Iterator[Metric]:
        orders = self._hub.order_to_cash
        standing, counts = orders.standing(), orders.counts
        yield counter("sandbox_core_orders_accepted", "Orders taken in.", (), [(counts.accepted,)])
        yield counter("sandbox_core_orders_ended", "Orders that came to their end.", ("outcome",), counts.ended.items())
        yield gauge(
            "sandbox_core_orders_under_way",
            "Orders under way, by the latest milestone.",
            ("milestone",),
            standing.by_milestone.items(),
        )
        yield gauge("sandbox_core_orders_stuck", "Orders with an open exception.", (), [(standing.stuck,)])
        systems = self._hub.parts.systems.callers
        yield gauge(
            "sandbox_core_orders_waiting",
            "Orders that wait for a system that does not answer.",
            ("system",),
            ((system, orders.lanes.waiting_for(system)) for system in systems),
        )

    def _policies(self) -> Iterator[Metric]:
        callers = self._hub.parts.systems.callers
        breakers = {system: caller.breaker for system, caller in callers.items() if caller.breaker is not None}
        yield gauge(
            "sandbox_core_breaker_state",
            "Circuit breaker: 0 closed, 1 half open, 2 open.",
            ("system",),
            ((system, _BREAKER[breaker.state]) for system, breaker in breakers.items()),
        )
        for name, text in (
            ("in_use", "Calls under way to a system."),
            ("waiting", "Calls that wait for their turn."),
            ("allowed", "Calls that may be under way at once: fewer after refusals for load."),
        ):
            rows = ((system, getattr(caller.limiter, name)) for system, caller in callers.items())
            yield gauge(f"sandbox_core_limiter_{name}", text, ("system",), rows)
        yield gauge(
            "sandbox_core_retry_budget",
            "Retries that may be made at once.",
            ("system",),
            ((system, caller.budget.tokens) for system, caller in callers.items() if caller.budget is not None),
        )

    def _process(self, journal_answers: bool) -> Iterator[Metric]:
        held = len(self._hub.parts.records.leases.held)
        for name, text, value in (
            ("ready", "1 when the core is at work, 0 while it recovers or waits for its leases.", self._hub.is_ready),
            ("journal_answers", "1 when the core's database answers.", journal_answers),
            ("leases_held", "Partitions of orders that this core holds.", held),
            ("clock_seconds", "What the world's clock shows, in seconds since 1970.", self._clock.now_us() / 1e6),
        ):
            yield gauge(f"sandbox_core_{name}", text, (), [(value,)])
        counts = self._bus.counts
        rows = [(what, getattr(counts, what)) for what in ("published", "delivered", "redelivered", "dead")]
        yield counter("sandbox_core_bus_events", "Events on the core's bus.", ("what",), rows)


def _kept(journal: JournalCounts) -> Iterator[Metric]:
    yield counter("sandbox_core_exceptions", "Exceptions ever opened, by cause.", ("cause",), journal.opened.items())
    yield gauge(
        "sandbox_core_exceptions_open", "Exceptions that wait for somebody, by cause.", ("cause",), journal.open.items()
    )
    yield gauge(
        "sandbox_core_dead_letters",
        "Messages put aside because they can't be read.",
        ("source",),
        journal.dead_letters.items(),
    )
