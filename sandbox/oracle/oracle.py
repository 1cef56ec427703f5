"""The oracle: hears every fact once, in the order of the appends, and judges the core by them."""

from __future__ import annotations

from collections.abc import Sequence

from mock_systems.kit.ledger import Fact
from sandbox.oracle.cases import Cases
from sandbox.oracle.context import Context
from sandbox.oracle.dispatch import Handler, table_of
from sandbox.oracle.invariants import ALL
from sandbox.oracle.monitor import Monitor
from sandbox.oracle.timers import Agenda
from sandbox.oracle.verdict import Verdict


class Oracle:
    """One oracle judges one run. `observe` is a ledger listener; facts must come in the order of their appends."""

    def __init__(self, context: Context, invariants: Sequence[type[Monitor]] = ALL) -> None:
        self.context = context
        self._agenda = Agenda()
        self._now_us = 0
        cases = Cases()
        self.monitors = tuple(monitor(context, cases, self._agenda) for monitor in invariants)
        self._table = table_of((cases, *self.monitors))

    def observe(self, fact: Fact) -> None:
        """Hear one fact."""
        at_us = fact[1]
        self._now_us = at_us
        if at_us > self._agenda.next_us:
            self._agenda.fire(at_us)
        handlers: tuple[Handler, ...] | None = self._table.get(fact[2:4])
        if handlers is not None:
            for handler in handlers:
                handler(fact)

    def close(self, now_us: int) -> tuple[Verdict, ...]:
        """The run ends at `now_us`: what was due before is late, what is younger is pending."""
        self._now_us = max(self._now_us, now_us)
        self._agenda.fire(self._now_us)
        return self.verdicts()

    def verdicts(self) -> tuple[Verdict, ...]:
        """How things stand now, one verdict for each invariant in their order."""
        return tuple(monitor.verdict(self._now_us) for monitor in self.monitors)
