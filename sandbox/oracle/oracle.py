"""The oracle: hears every fact once, in the order of the appends, and judges the core by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mock_systems.kit.ledger import Fact
from sandbox.oracle.cases import Cases
from sandbox.oracle.context import Context
from sandbox.oracle.dispatch import Watcher, table_of
from sandbox.oracle.invariants import ALL
from sandbox.oracle.monitor import Monitor
from sandbox.oracle.timers import Agenda, Due
from sandbox.oracle.verdict import Verdict


class Oracle:
    """One oracle judges one run. `observe` is a ledger listener; facts must come in the order of their appends."""

    def __init__(self, context: Context, invariants: Sequence[type[Monitor]] = ALL) -> None:
        self.context = context
        self._agenda = Agenda()
        self._now_us = 0
        self.cases = Cases(context.safety_stock)
        self.monitors = tuple(monitor(context, self.cases, self._agenda) for monitor in invariants)
        self._watchers: tuple[Watcher, ...] = (self.cases.availability, self.cases, *self.monitors)
        self._table = table_of(self._watchers)
        self.observe_call = self.cases.calls.observe
        """Hear one call at a system's door: `Calls.observe`."""

    def admit(self, watchers: Sequence[Watcher], clock: Due) -> None:
        """Let others hear each fact after the monitors; `clock` is told of each time before the facts of that time."""
        self._watchers = (*self._watchers, *watchers)
        self._table = table_of(self._watchers)
        self._agenda.add(clock, first_us=0)

    def observe(self, fact: Fact) -> None:
        """Hear one fact."""
        at_us = fact[1]
        self._now_us = at_us
        if at_us > self._agenda.next_us:
            self._agenda.fire(at_us)
        kinds = self._table.get(fact[2])
        if kinds is not None:
            for handler in kinds.get(fact[3], ()):
                handler(fact)

    def pass_to(self, now_us: int) -> None:
        """No fact has come up to `now_us`: what was due before is late."""
        self._now_us = max(self._now_us, now_us)
        self._agenda.fire(self._now_us)

    def deafen(self, ledger: str) -> None:
        """Take this ledger for one that was never heard: what needs it can't be judged."""
        ledgers = tuple(heard for heard in self.context.ledgers if heard != ledger)
        self.context = replace(self.context, ledgers=ledgers)
        for monitor in self.monitors:
            monitor.context = self.context

    def close(self, now_us: int) -> tuple[Verdict, ...]:
        """The run ends at `now_us`: what was due before is late, what is younger is pending."""
        self.pass_to(now_us)
        self.cases.calls.close()
        return self.verdicts()

    def verdicts(self) -> tuple[Verdict, ...]:
        """How things stand now, one verdict for each invariant in their order."""
        return tuple(monitor.verdict(self._now_us) for monitor in self.monitors)
