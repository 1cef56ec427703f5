"""I10: what is stuck is surfaced, once, and nothing else stays on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import on
from sandbox.oracle.invariants.standing_still import StandingStill
from sandbox.oracle.monitor import Monitor


class ExceptionSurfaced(Monitor):
    """An order that stands still before a step of the core's has one open exception; one that ended well has none."""

    id = "I10"
    name = "What is stuck is surfaced"
    parts: ClassVar[Mapping[str, str]] = {"surfaced": "nothing was stuck and no exception was opened"}
    ledgers = ("commerce", "erp", "wms", "desk")

    def prepare(self) -> None:
        deadlines = self.context.deadlines
        self._standing = StandingStill(self.context, self.cases, self._agenda, self.excuses, self._stuck)
        self._opened: dict[str, Fact] = {}
        self._about: dict[tuple[str, str], list[str]] = {}
        # That an order ended well after all can only be read in the books of those that it ended in.
        self._needless = self.deadline(deadlines.alarm_us, self._false_alarm, "commerce", "erp", "wms", "desk")
        self._twins = self.deadline(deadlines.alarm_us, self._two_open, "desk")

    @on("commerce order.accepted")
    def _accepted(self, fact: Fact) -> None:
        self._standing.watch(fact)

    def _stuck(self, order: str, step: str, due_us: int) -> None:
        self.checks["surfaced"] += 1
        message = f"{order} stands still and nobody was told: the core has to {step}"
        accepted = self.cases.by_order[order].accepted
        self.findings.append(self.finding("stuck", order, order, due_us, message, accepted))

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
