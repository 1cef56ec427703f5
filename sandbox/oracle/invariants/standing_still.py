"""Orders that stand still: the next step is the core's, nothing happens for them in any system, and nobody was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import RELEASE
from sandbox.oracle.cases import Cases
from sandbox.oracle.context import ALL_LEDGERS, BUS, Context, Patience
from sandbox.oracle.timers import Agenda, Deadline

Found = Callable[[str, str, int], None]
"""`found(order, step, due_us)`: the order stood still before that step of the core's until then."""


class StandingStill:
    """Watches orders from their acceptance on. `excuses` counts those to which more time was granted."""

    def __init__(self, context: Context, cases: Cases, agenda: Agenda, excuses: Counter[str], found: Found) -> None:
        stuck_us = context.deadlines.stuck_us
        self._cases, self._excuses, self._found = cases, excuses, found
        self._grace = context.patience(stuck_us, *ALL_LEDGERS)
        # That an order waits for stock is told by event: while none goes out, waiting looks like forgetting.
        self._untold_grace = context.patience(stuck_us, *ALL_LEDGERS, BUS)
        # Orders are looked at once a deadline, not at each fact: outages are reckoned with when one is found waiting.
        self._watched = Deadline(agenda, Patience(stuck_us, {}), self._look)
        self._granted: dict[str, str] = {}

    def watch(self, accepted: Fact) -> None:
        """An order was accepted."""
        self._watched.heat(accepted.entity, accepted.at_us)

    def _look(self, order: str, since_us: int, due_us: int) -> int | None:
        case = self._cases.by_order[order]
        step = case.next_step_of_core()
        if case.cancelled_us is not None or (step is None and case.ended_well):
            self._watched.cool(order)
            return None
        if step is None or case.exceptions:
            return due_us
        if case.touched_us > since_us:
            return case.touched_us
        return self._stuck(order, step, due_us)

    def _stuck(self, order: str, step: str, due_us: int) -> int | None:
        case = self._cases.by_order[order]
        grace = self._untold_grace if step == RELEASE else self._grace
        final_us = grace.due_us(case.touched_us)
        if final_us > due_us:
            self._granted[order] = grace.reason(case.touched_us)
            self._excuses[self._granted[order]] += 1
            return final_us - grace.limit_us
        if (reason := self._granted.pop(order, None)) is not None:
            self._excuses[reason] -= 1
        self._found(order, step, due_us)
        return None
