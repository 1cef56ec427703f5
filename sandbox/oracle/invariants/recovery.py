"""I16: when the faults are over, work flows as before."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from typing import ClassVar, Final

from mock_systems.kit.ledger import Fact
from sandbox.oracle.calls import Target
from sandbox.oracle.dispatch import on
from sandbox.oracle.invariants.no_lost_order import is_accounted_for
from sandbox.oracle.monitor import OPEN_EXCEPTION, Monitor
from sandbox.oracle.verdict import Finding

_HOUR_US: Final = 3_600_000_000
_GOOD: Final = 95
"""In a hundred: that much must be done, that many calls answered."""
_ENOUGH: Final = 20
"""Fewer say nothing about a share."""
_KINDS: Final = {"order": "orders to enter", "shipment": "shipments to invoice", "invoice": "invoices to capture"}


class Recovery(Monitor):
    """Two hours after the last fault its backlog is worked off, new work is done in an hour, and calls are answered.

    Work is an order to be entered, a shipment to be invoiced, a card invoice to be captured. `recovered_us` is how long
    it took after the heal until 95 in a hundred of what waited then were done.
    """

    id = "I16"
    name = "Work recovers"
    parts: ClassVar[Mapping[str, str]] = {"answered": "no faults were healed, or too few calls were heard after them"}
    flows: ClassVar[Mapping[str, str]] = {
        "drained": "nothing waited when the faults were over",
        "goodput": "too little work came after the faults",
    }
    ledgers = ("commerce", "erp", "wms")

    def prepare(self) -> None:
        heal_us = self.context.heal_us
        patience = self.context.patience(self.context.deadlines.recovery_us)
        self._heal_us = heal_us
        self._from_us = patience.due_us(heal_us)
        self._waiting: dict[str, dict[str, deque[int]]] = {kind: {} for kind in _KINDS}
        self._drained_us: list[int] = []
        self._offered: Counter[str] = Counter()
        self._in_time: Counter[str] = Counter()
        self._calls: Counter[str] = Counter()
        self._good: Counter[str] = Counter()
        if heal_us:
            self.cases.calls.watched_from_us = self._from_us
            self.cases.calls.answered.append(self._answered)

    def measured(self) -> Mapping[str, float | None]:
        """Minutes from the heal until the backlog was worked off; None where there was none, or it never was."""
        took_us = self.recovered_us()
        return {"recovery_min": None if took_us is None else round(took_us / 60_000_000, 1)}

    def recovered_us(self) -> int | None:
        """How long it took; None where nothing waited at the heal, or too much of it still does."""
        waits = sum(since[0] < self._heal_us for kind in self._waiting.values() for since in kind.values() if since)
        whole = len(self._drained_us) + waits
        needed = -(-whole * _GOOD // 100)
        if not whole or needed > len(self._drained_us):
            return None
        return sorted(self._drained_us)[needed - 1] - self._heal_us

    def _begin(self, kind: str, order: str, at_us: int) -> None:
        self._waiting[kind].setdefault(order, deque()).append(at_us)

    def _end(self, kind: str, order: str, at_us: int) -> None:
        waiting = self._waiting[kind].get(order)
        if not waiting:
            return
        since_us = waiting.popleft()
        if not waiting:
            del self._waiting[kind][order]
        if since_us < self._heal_us <= at_us:
            self._drained_us.append(at_us)
        if since_us >= self._from_us:
            self._offered[kind] += 1
            self._in_time[kind] += at_us - since_us <= _HOUR_US

    @on("commerce order.accepted")
    def _accepted(self, fact: Fact) -> None:
        if self._heal_us:
            self._begin("order", fact.entity, fact.at_us)

    @on("erp sales_order.created", "commerce order.cancelled", "desk exception.opened")
    def _accounted(self, fact: Fact) -> None:
        order = fact.order
        if self._heal_us and order is not None and is_accounted_for(self.cases.by_order[order]):
            self._end("order", order, fact.at_us)

    @on("wms outbound.shipped")
    def _shipped(self, fact: Fact) -> None:
        if self._heal_us:
            self._begin("shipment", fact.order or "", fact.at_us)

    @on("erp invoice.posted")
    def _invoiced(self, fact: Fact) -> None:
        if not self._heal_us:
            return
        order = fact.order or ""
        self._end("shipment", order, fact.at_us)
        if self.cases.of(fact).card:
            self._begin("invoice", order, fact.at_us)

    @on("commerce payment.captured")
    def _captured(self, fact: Fact) -> None:
        if self._heal_us:
            self._end("invoice", fact.order or "", fact.at_us)

    def _answered(self, target: Target, at_us: int, good: bool) -> None:
        self._calls[target.system] += 1
        self._good[target.system] += good

    def settle(self, now_us: int) -> list[Finding]:
        """What the end of the run shows, once two hours have passed since the heal."""
        if not self._heal_us or now_us < self._from_us:
            return []
        return [*self._not_drained(), *self._too_slow(now_us), *self._unanswered()]

    def _not_drained(self) -> list[Finding]:
        left = Counter[str]()
        for kind, waiting in self._waiting.items():
            for order, since in waiting.items():
                if since[0] < self._heal_us:
                    self._leave(kind, order, left)
        late = sum(at_us > self._from_us for at_us in self._drained_us)
        whole = self.checks["drained"] = len(self._drained_us) + left.total()
        undone = late + left.total()
        if 100 * undone <= (100 - _GOOD) * whole:
            return []
        told = ", ".join(f"{count} {_KINDS[kind]}" for kind, count in sorted(left.items()))
        message = f"of {whole} that waited when the faults were over, {undone} were not done two hours later"
        message += f"; {told} still wait" if told else ""
        return [self.finding("drained", None, "backlog", self._from_us, message)]

    def _leave(self, kind: str, order: str, left: Counter[str]) -> None:
        if self.is_surfaced(order):
            self.excuse(OPEN_EXCEPTION, (kind, order))
        else:
            left[kind] += 1

    def _too_slow(self, now_us: int) -> list[Finding]:
        found, tried = [], 0
        for kind, words in _KINDS.items():
            old = [since[0] for order, since in self._waiting[kind].items() if not self.is_surfaced(order)]
            late = sum(self._from_us <= since_us < now_us - _HOUR_US for since_us in old)
            offered, in_time = self._offered[kind] + late, self._in_time[kind]
            tried += offered if offered >= _ENOUGH else 0
            if offered >= _ENOUGH and 100 * in_time < _GOOD * offered:
                message = f"of {offered} {words} that came after the faults, {in_time} were done within an hour"
                found.append(self.finding("goodput", None, kind, self._from_us, message))
        self.checks["goodput"] = tried
        return found

    def _unanswered(self) -> list[Finding]:
        found, tried = [], 0
        for system, calls in sorted(self._calls.items()):
            tried += calls if calls >= _ENOUGH else 0
            if calls >= _ENOUGH and 100 * self._good[system] < _GOOD * calls:
                message = f"of {calls} calls to {system} after the faults, {self._good[system]} were answered"
                found.append(self.finding("answered", None, system, self._from_us, message))
        self.checks["answered"] = tried
        return found
