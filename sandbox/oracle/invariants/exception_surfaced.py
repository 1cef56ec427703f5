"""I10: what is stuck is surfaced, once, and nothing else stays on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import RELEASE
from sandbox.oracle.context import ALL_LEDGERS, BUS, Patience
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor
from sandbox.oracle.timers import Deadline


class ExceptionSurfaced(Monitor):
    """An order that stands still before a step of the core's has one open exception; one that ended well has none."""

    id = "I10"
    name = "What is stuck is surfaced"
    parts: ClassVar[Mapping[str, str]] = {"surfaced": "nothing was stuck and no exception was opened"}
    ledgers = ("commerce", "erp", "wms", "desk")

    def prepare(self) -> None:
        deadlines = self.context.deadlines
        self._grace = self.context.patience(deadlines.stuck_us, *ALL_LEDGERS)
        # That an order waits for stock is told by event: while none goes out, waiting looks like forgetting.
        self._untold_grace = self.context.patience(deadlines.stuck_us, *ALL_LEDGERS, BUS)
        # Orders are looked at once a deadline, not at each fact: outages are reckoned with when one is found waiting.
        self._watched = Deadline(self._agenda, Patience(deadlines.stuck_us, {}), self._look)
        self._granted: dict[str, str] = {}
        self._opened: dict[str, Fact] = {}
        self._about: dict[tuple[str, str], list[str]] = {}
        # That an order ended well after all can only be read in the books of those that it ended in.
        self._needless = self.deadline(deadlines.alarm_us, self._false_alarm, "commerce", "erp", "wms", "desk")
        self._twins = self.deadline(deadlines.alarm_us, self._two_open, "desk")

    @on("commerce order.accepted")
    def _accepted(self, fact: Fact) -> None:
        self._watched.heat(fact.entity, fact.at_us)

    def _look(self, order: str, since_us: int, due_us: int) -> int | None:
        case = self.cases.by_order[order]
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
        case = self.cases.by_order[order]
        grace = self._untold_grace if step == RELEASE else self._grace
        final_us = grace.due_us(case.touched_us)
        if final_us > due_us:
            self._granted[order] = grace.reason(case.touched_us)
            self.excuses[self._granted[order]] += 1
            return final_us - grace.limit_us
        if (reason := self._granted.pop(order, None)) is not None:
            self.excuses[reason] -= 1
        self.checks["surfaced"] += 1
        message = f"{order} stands still and nobody was told: the core has to {step}"
        self.findings.append(self.finding("stuck", order, order, due_us, message, case.accepted))
        return None

    @on("desk exception.opened")
    def _open(self, fact: Fact) -> None:
        self.checks["surfaced"] += 1
        self._opened[fact.entity] = fact
        about = (fact.order or "", fact.data["subject"])
        open_now = self._about.setdefault(about, [])
        if fact.entity not in open_now:
            open_now.append(fact.entity)
        if len(open_now) > 1:
            self._twins.heat(about, fact.at_us)
        self._look_for_false_alarm(fact)

    @on("desk exception.closed")
    def _closed(self, fact: Fact) -> None:
        self._needless.cool(fact.entity)
        opened = self._opened.get(fact.entity)
        if opened is None:
            return
        about = (opened.order or "", opened.data["subject"])
        open_now = self._about[about]
        if fact.entity in open_now:
            open_now.remove(fact.entity)
        if len(open_now) <= 1:
            self._twins.cool(about)

    @on("erp invoice.posted", "commerce payment.captured", "wms outbound.shipped")
    def _look_for_false_alarm(self, fact: Fact) -> None:
        if not self._opened:
            return
        case = self.cases.of(fact)
        if case.exceptions and case.ended_well:
            for exception in case.exceptions:
                # What is about a return or a request of the order does not end with its shipment.
                if self._opened[exception].data["subject"] == case.order:
                    self._needless.heat(exception, fact.at_us)

    def _false_alarm(self, exception: str, since_us: int, due_us: int) -> int | None:
        opened = self._opened[exception]
        if not self.cases.of(opened).ended_well:
            return due_us
        message = f"{exception} ({opened.data['cause']}) is open, but {opened.order} ended well"
        self.findings.append(self.finding("false_alarm", opened.order, exception, due_us, message, opened))
        return None

    def _two_open(self, about: tuple[str, str], since_us: int, due_us: int) -> None:
        order, subject = about
        exceptions = self._about[about]
        message = f"{len(exceptions)} exceptions are open about {subject}: {', '.join(exceptions)}"
        evidence = [self._opened[exception] for exception in exceptions]
        self.findings.append(self.finding("twice", order or None, subject, due_us, message, *evidence))
