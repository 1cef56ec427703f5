"""A rehearsal from beginning to end: the baseline, the run with all changes, and each breaking change alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.runs.scenario import Scenario
from sandbox.verification.outcome import Check, Finding, Outcome, Verdict
from sandbox.verification.rehearsal.at import Standing
from sandbox.verification.rehearsal.impact import Impact, impact_of
from sandbox.verification.rehearsal.planning import Plan, PlannedChange
from sandbox.verification.rehearsal.running import Begin, run_with
from sandbox.verification.rehearsal.window import InForce


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was rehearsed and what came of it. `each` are single changes, worst first; it may have been cut short."""

    system: str
    scenario: str
    title: str
    seed: int
    start_us: int
    plan: Plan
    whole: Impact | None
    each: tuple[tuple[PlannedChange, Impact], ...] = ()
    stopped: bool = False

    @property
    def untried(self) -> tuple[PlannedChange, ...]:
        """Changes on the wire whose operations nobody called while they held."""
        return tuple(one for one in self.plan.rehearsed if one.id not in self._met)

    @property
    def _met(self) -> set[str]:
        """Those that were met, with all others or alone: what one stops, hides those behind it."""
        runs = [impact for impact in (self.whole, *(impact for _, impact in self.each)) if impact is not None]
        return {name for impact in runs for name in impact.met}

    @property
    def verdict(self) -> Verdict:
        """Fails where something breaks; unknown where nothing that could have broken was tested."""
        if self.whole is not None and (self.whole.breaks or any(one.breaks for _, one in self.each)):
            return Verdict.FAIL
        return Verdict.PASS if self.tested and not self.stopped else Verdict.UNKNOWN

    @property
    def tested(self) -> int:
        """Changes that were met on the wire, or are without effect there."""
        if self.whole is None:
            return 0
        quiet = sum(one.standing is Standing.WITHOUT_EFFECT for one in self.plan.changes)
        return quiet + len(self._met)

    @property
    def outcome(self) -> Outcome:
        """The result in the shape that all checks share."""
        findings = [] if self.whole is None else [Finding(message=text) for text in _in_words(self.whole)]
        return Outcome(
            check=Check.REHEARSAL,
            subject=self.system,
            verdict=self.verdict,
            tested=self.tested,
            not_tested=len(self.plan.changes) - self.tested,
            findings=findings,
            versions={"from": self.plan.comparison.old, "to": self.plan.new},
        )


def rehearse(
    scenario: Scenario,
    seed: int,
    system: str,
    plan: Plan,
    time: InForce,
    *,
    each: bool = False,
    begin: Begin,
    keep: Callable[[Rehearsal], None] = lambda _: None,
) -> Rehearsal:
    """Carry it out. `keep` hears of what is known so far, for who may stop it. Raises InputError."""
    found = Rehearsal(system, scenario.name, scenario.title, seed, scenario.start_us, plan, None, stopped=True)
    keep(found)
    base = run_with(scenario, seed, system, (), time, begin("without the change"))
    changes = plan.rehearsed
    run = run_with(scenario, seed, system, changes, time, begin(f"with {len(changes)} changes"))
    whole = impact_of(base, run, time)
    singles: list[tuple[PlannedChange, Impact]] = []

    def so_far(stopped: bool) -> Rehearsal:
        ranked = sorted(singles, key=lambda one: one[1].weight, reverse=True)
        told = (system, scenario.name, scenario.title, seed, scenario.start_us, plan, whole, tuple(ranked), stopped)
        return Rehearsal(*told)

    for change in [one for one in changes if one.is_breaking] if each else []:
        keep(so_far(True))
        alone = run_with(scenario, seed, system, (change,), time, begin(f"{change.id} alone"))
        singles.append((change, impact_of(base, alone, time)))
    found = so_far(False)
    keep(found)
    return found


def _in_words(whole: Impact) -> list[str]:
    blast = whole.blast
    told = [
        f"{one.step.flow}, {one.step.name}: {one.behind} behind at roll-back, {one.late} late, {one.lost} lost"
        for one in blast.steps
        if one.breaks
    ]
    told += [f"{one.count} exceptions: {one.cause}, for instance {one.example}" for one in whole.exceptions]
    told += [f"{one.id} {one.name} is violated {one.violations} times more" for one in whole.invariants]
    return told + [f"left by hand: {one}" for one in whole.left]
