"""The hunt: rounds of trials, stage after stage, until something is found, the budget is spent, or nothing is left."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from sandbox.hunt.crew import Crew
from sandbox.hunt.finding import found_in, write_finding
from sandbox.hunt.outcome import Outcome
from sandbox.hunt.request import CLEAN, HuntRequest, HuntResult, StageCount
from sandbox.hunt.stages.coverage import SiteCoverage
from sandbox.hunt.stages.groups import Groups
from sandbox.hunt.stages.knowledge import Aimed, Knowledge, Stage, Tried
from sandbox.hunt.stages.nemesis import Nemesis
from sandbox.hunt.stages.orderings import Orderings
from sandbox.hunt.stages.pairs import Pairs
from sandbox.hunt.stages.singles import Singles
from sandbox.hunt.stages.swarm import Swarm
from sandbox.hunt.stages.triples import Triples
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import prepared

_MADE: Final[dict[str, Callable[[], Stage]]] = {
    "nemesis": Nemesis,
    "groups": Groups,
    "singles": Singles,
    "pairs": Pairs,
    "triples": Triples,
    "swarm": Swarm,
    "scheduling": Orderings,
}
_SHARE: Final = 0.5

Hear = Callable[[HuntResult], None]
"""Hears how the hunt stands after each trial; it may raise KeyboardInterrupt, which ends the hunt."""


def hunt(request: HuntRequest, crew: Crew, hear: Hear) -> HuntResult:
    """Search as asked. Findings are in their folder as soon as they are made. Raises InputError."""
    return Hunt(request, crew, hear).carried_out()


class Hunt:
    """One hunt; `result` tells at any time how it stands."""

    def __init__(self, request: HuntRequest, crew: Crew, hear: Hear) -> None:
        self.result = HuntResult(request)
        self._request = request
        self._crew = crew
        self._hear = hear
        self._began = time.perf_counter()
        self._known: Knowledge | None = None

    def carried_out(self) -> HuntResult:
        """Search, once."""
        self._look_at_the_clean_run()
        stages = self._request.stages
        for place, name in enumerate(stages):
            if self._is_over():
                break
            self.result.stage = name
            is_last = place == len(stages) - 1
            self._carry_out(_MADE[name](), self._until_s(is_last), self._until_run(is_last))
        self.result.seconds = time.perf_counter() - self._began
        return self.result

    def _look_at_the_clean_run(self) -> None:
        request = self._request
        (tried,) = self._tried(CLEAN, [Aimed(Trial(request.seed))])
        scenario, _ = prepared(request.target)
        design = scenario.design
        timeouts_us = {site.where: design.call_policy(site.where).timeout_us for site in tried.outcome.sites}
        times = (scenario.start_us, scenario.span_us, timeouts_us, design.workers.lease_us)
        known = Knowledge(request.seed, tried.outcome, *times)
        known.tried.append(tried)
        self._known = known
        self.result.coverage = SiteCoverage(known)

    def _carry_out(self, stage: Stage, until_s: float, until_run: float) -> None:
        known = self._known
        assert known is not None
        for wanted in stage.rounds(known):
            left = min(len(wanted), max(0.0, until_run - self.result.runs))
            known.tried.extend(self._tried(stage.name, wanted[: math.ceil(left)]))
            gone_s = time.perf_counter() - self._began
            if self._is_over() or gone_s >= until_s or self.result.runs >= until_run:
                return

    def _tried(self, stage: str, wanted: Sequence[Aimed]) -> list[Tried]:
        """A round: all its trials, in their order, or those that were ready when the time was up."""
        result, count = self.result, self.result.stages.setdefault(stage, StageCount())
        places = self._known.places if self._known is not None else frozenset()
        target, before = self._target_of(stage), set(result.findings)
        began = time.perf_counter()
        done: dict[int, Tried] = {}
        trials = [each.trial for each in wanted]
        for place, outcome in self._crew.outcomes(target, trials, places, watch=self._request.watch):
            tried = done[place] = Tried(stage, wanted[place].trial, outcome, wanted[place].struck)
            count.runs += 1
            self._note(tried, target)
            self._hear(result)
            if self._time_is_up():
                break
        count.seconds += time.perf_counter() - began
        in_order = [done[place] for place in sorted(done)]
        self._keep_the_first(in_order, target, before)
        return in_order

    def _target_of(self, stage: str) -> Target:
        """Aimed faults strike before an order has left: such a run ends when all is shipped, unless it has to go on."""
        target = self._request.target
        if stage in (CLEAN, "swarm") or target.until == "end":
            return target
        return replace(target, until="shipped")

    def _note(self, tried: Tried, target: Target) -> None:
        result = self.result
        result.marks |= tried.outcome.marks
        result.seconds = time.perf_counter() - self._began
        if result.coverage is not None:
            result.coverage.note(tried)
        for failure in self._failures(tried.outcome):
            if failure not in result.findings:
                self._write(failure, tried, target)

    def _keep_the_first(self, in_order: Sequence[Tried], target: Target, before: set[tuple[str, str]]) -> None:
        """Of a failure that several trials of a round came to, that of the first is kept, whoever was ready first."""
        seen = set(before)
        for tried in in_order:
            for failure in self._failures(tried.outcome):
                if failure in seen:
                    continue
                seen.add(failure)
                kept, path = self.result.findings[failure]
                if kept.trial != tried.trial:
                    self._write(failure, tried, target)
                    path.unlink()

    def _write(self, failure: tuple[str, str], tried: Tried, target: Target) -> None:
        violation = tried.outcome.first(*failure)
        assert violation is not None
        finding = found_in(target, tried.trial, tried.outcome, violation, tried.stage)
        self.result.findings[failure] = (finding, write_finding(self._request.folder, finding))

    def _failures(self, outcome: Outcome) -> Iterator[tuple[str, str]]:
        for failure in outcome.failures:
            if not self._request.invariants or failure[0] in self._request.invariants:
                yield failure

    def _until_s(self, is_last: bool) -> float:
        """When a stage makes room for the next: the last has all that is left of the budget, others half of it."""
        return _part(self._request.budget_s, time.perf_counter() - self._began, is_last)

    def _until_run(self, is_last: bool) -> float:
        """The same for the number of runs."""
        return _part(self._request.runs_most, self.result.runs, is_last)

    def _time_is_up(self) -> bool:
        budget_s = self._request.budget_s
        return budget_s is not None and time.perf_counter() - self._began >= budget_s

    def _is_over(self) -> bool:
        request, result = self._request, self.result
        found = bool(result.findings) and not request.keep_going
        spent = request.runs_most is not None and result.runs >= request.runs_most
        return found or spent or self._time_is_up()


def _part(most: float | None, gone: float, is_last: bool) -> float:
    if most is None:
        return float("inf")
    return most if is_last else gone + (most - gone) * _SHARE
