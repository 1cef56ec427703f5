"""A run as a test has it: what it came to, and what may be asserted of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pytest

from sandbox.pytest_plugin import telling
from sandbox.pytest_plugin.names import check_fact
from sandbox.pytest_plugin.used import NotHeld
from sandbox.records.order_story import story_of
from sandbox.records.record import Record, RecordedFact
from sandbox.records.record_folder import REPORT_FILE
from sandbox.records.summary import ExceptionResult, Finding, InvariantResult, Summary
from sandbox.runs.expectations import ExpectationError, parse
from sandbox.runs.scenario import INVARIANTS


class SandboxRun:
    """A run and its record in `folder`. Several tests may be given the same one: nothing in it changes."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def __repr__(self) -> str:
        summary = self.summary
        return f"<SandboxRun {summary.scenario} by {summary.design}, seed {summary.seed}>"

    @property
    def summary(self) -> Summary:
        """All of `record.json`."""
        return self.record.summary

    @property
    def folder(self) -> Path:
        """Where the record is."""
        return self.record.folder

    @property
    def seed(self) -> int:
        """What its randomness was derived from."""
        return self.summary.seed

    @property
    def repeat(self) -> str:
        """The command that makes the same run."""
        return self.summary.repeat

    @property
    def report(self) -> Path:
        """The page that tells of it; it is made when it is asked for first, which takes seconds."""
        path = self.folder / REPORT_FILE
        if not path.exists():
            from sandbox.reporting.page import write_report  # matplotlib takes its time

            write_report(self.folder)
        return path

    @property
    def verdicts(self) -> Mapping[str, InvariantResult]:
        """What the oracle says of each invariant, by its id such as I1."""
        return {found.id: found for found in self.summary.invariants}

    @property
    def findings(self) -> Sequence[Finding]:
        """Each breach of an invariant, by the time at which it came about."""
        return self.summary.findings

    @property
    def figures(self) -> Mapping[str, float | None]:
        """The figures by the names that `sandbox run` prints, each in the unit there; None: nothing to measure."""
        return {figure.name: figure.value for figure in self.summary.figures}

    @property
    def exceptions(self) -> Sequence[ExceptionResult]:
        """What was surfaced to the operations desk."""
        return self.summary.exceptions

    def facts(
        self, kind: str | None = None, *, system: str | None = None, order: str | None = None
    ) -> list[RecordedFact]:
        """Facts in the run's order, all or of a kind such as `invoice.posted`, of a system, of an order.

        A kind or a system that there is none of fails the test.
        """
        __tracebackhide__ = True
        check_fact(kind, system)
        return [
            fact
            for fact in self.record.facts(order=order)
            if kind in (None, fact.kind) and system in (None, fact.system)
        ]

    def story(self, order: str) -> list[str]:
        """An order's life across all systems, a line for each step. Raises InputError for an order nobody knows."""
        return [f"{moment.at} {moment.system}: {moment.text}" for moment in story_of(self.record, order)]

    def assert_invariants(self, *, ignoring: Collection[str] = ()) -> None:
        """No invariant is violated, but for those to be ignored, and one at least was exercised."""
        __tracebackhide__ = True
        telling.check_known(ignoring, INVARIANTS)
        judged = [found for found in self.summary.invariants if found.id not in ignoring]
        self._hold([found for found in judged if found.verdict == "violated"], "violated")
        if not any(found.verdict == "pass" for found in judged):
            self._fail("no invariant was exercised: nothing happened that could have broken one")

    def assert_holds(self, *ids: str) -> None:
        """These invariants were exercised, and none was violated. What was never exercised does not hold."""
        __tracebackhide__ = True
        telling.check_asked(ids, INVARIANTS)
        self._hold([self.verdicts[name] for name in ids if self.verdicts[name].verdict != "pass"], "not held")

    def assert_expectations(self) -> None:
        """All that the scenario states under `expect:` was met, and it states something."""
        __tracebackhide__ = True
        missed = [found for found in self.summary.expectations if not found.passed]
        if missed or not self.summary.expectations:
            self._fail(telling.missed(missed) or "the scenario states no expectation that can be asked here")

    def assert_expected(self, *lines: str) -> None:
        """These lines are met, written as in a scenario's `expect:`, such as `order to ship p95 <= 26h`."""
        __tracebackhide__ = True
        try:
            held = [parse(line, INVARIANTS).result(self.summary) for line in lines]
        except ExpectationError as error:
            raise pytest.fail.Exception(f"{error.message}; {error.remedy}", pytrace=False) from None
        if missed := [found for found in held if not found.passed]:
            self._fail(telling.missed(missed))

    def where_to_read_on(self) -> str:
        """Where its record and report are, and the command that repeats it."""
        return telling.where_to_read_on(self.record, self.report)

    def _hold(self, broken: Sequence[InvariantResult], how: str) -> None:
        __tracebackhide__ = True
        if broken:
            told = telling.broken(broken, self.findings, self.record.facts(), how)
            self._fail(told + telling.struck(self.summary.faults))

    def _fail(self, told: str) -> None:
        __tracebackhide__ = True
        raise NotHeld(f"{telling.title(self.summary)}: {told}\n\n{self.where_to_read_on()}")
