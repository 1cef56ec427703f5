"""What a run came to, put together for its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_systems.kit.ledger import Fact
from mock_systems.kit.live.admin_wire import Status
from sandbox.faults.plan import FaultPlan
from sandbox.faults.words import in_words
from sandbox.oracle.figures import Outside
from sandbox.oracle.figures import Traffic as FigureTraffic
from sandbox.oracle.verdict import Verdict
from sandbox.records.summary import (
    ExceptionResult,
    FaultResult,
    FigureResult,
    Phases,
    Summary,
    Traffic,
)
from sandbox.runs.judged import book_results, figure_results, findings, invariant_results
from sandbox.runs.judges import Judges
from sandbox.runs.planned_run import PlannedRun
from sandbox.runs.request import RunRequest
from sandbox.runs.scenario import Scenario
from sandbox.runs.versions import VERSIONED, versions

ABSORBED = "duplicate.absorbed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What a world saw of a run that is over, beside its facts.

    `fired` counts how often each fault was carried out, `in_flight_peak` the calls under way at each system at once.
    """

    wall_seconds: float
    remote_calls: int
    fired: Mapping[str, int]
    traffic: Mapping[str, Traffic]
    in_flight_peak: Mapping[str, int]
    duplicates_absorbed: int
    fingerprint: str | None = None
    repeats: bool | None = None


def begun(request: RunRequest, run: PlannedRun, world: str, **more: Any) -> Summary:
    """What is known of a run in this world before it starts; `more` are fields that the world adds."""
    scenario = run.scenario
    phases = Phases(
        start_us=run.start_us,
        warm_until_us=max(run.start_us, scenario.start_us + scenario.warm_up_us),
        demand_until_us=run.demand_until_us,
        healed_us=run.healed_us,
        end_us=run.end_us,
    )
    return announced(
        scenario,
        run.plan,
        phases,
        versioned=VERSIONED,
        seed=run.seed,
        world=world,
        fidelity=run.fidelity,
        repeat=request.repeat,
        demand=run.demand.account.as_dict(),
        knobs=run.knobs,
        **more,
    )


def announced(scenario: Scenario, plan: FaultPlan, phases: Phases, *, versioned: Sequence[str], **more: Any) -> Summary:
    """What any run says of itself before it starts; `versioned` are distributions whose versions matter to it."""
    return Summary(
        title=scenario.title,
        about=scenario.about,
        scenario=scenario.name,
        design=scenario.design.name,
        versions=versions(versioned),
        phases=phases,
        plan=plan.as_written(),
        faults=fault_results(plan, scenario, {}),
        **more,
    )


def summed_up(begun_as: Summary, run: PlannedRun, judges: Judges, seen: Witnessed) -> Summary:
    """What it came to: the oracle is asked for its verdicts, and expectations are held against them."""
    faults = fault_results(run.plan, run.scenario, seen.fired)
    summary = judged(begun_as, judges, judges.close(run.end_us), seen, run.end_us, faults)
    held = [expectation.result(summary) for expectation in run.scenario.expectations]
    return summary.model_copy(update={"expectations": held})


def judged(
    begun_as: Summary,
    judges: Judges,
    verdicts: Sequence[Verdict],
    seen: Witnessed,
    end_us: int,
    faults: Sequence[FaultResult],
) -> Summary:
    """What any run came to that ended at `end_us`, when its judges are closed."""
    assert begun_as.phases is not None
    return begun_as.model_copy(
        update={
            "fingerprint": seen.fingerprint,
            "deterministic": seen.repeats,
            "phases": begun_as.phases.model_copy(update={"end_us": end_us}),
            "virtual_seconds": (end_us - begun_as.phases.start_us) / 1_000_000,
            "wall_seconds": round(seen.wall_seconds, 3),
            "remote_calls": seen.remote_calls,
            "faults": list(faults),
            "figures": _figures(judges, seen, end_us),
            "invariants": invariant_results(verdicts),
            "findings": findings(verdicts),
            "books": book_results(judges.comparisons()),
            "exceptions": exceptions_of(judges.desk),
            "traffic": dict(seen.traffic),
        }
    )


def fault_results(plan: FaultPlan, scenario: Scenario, fired: Mapping[str, int]) -> list[FaultResult]:
    """The plan's faults in words; `fired` counts how often each was carried out, none where it is missing."""
    told = []
    for atom in plan.atoms:
        at_us = getattr(atom, "at_us", None)
        told.append(
            FaultResult(
                id=atom.id,
                kind=atom.kind,
                text=in_words(atom, scenario.span_us),
                from_us=scenario.start_us + (at_us if at_us is not None else atom.window.from_us),
                until_us=scenario.start_us + atom.ends_us,
                fired=fired.get(atom.id, 0),
            )
        )
    return told


def traffic_of(status: Status) -> Traffic:
    """What a live system's door saw, by what its admin API says."""
    return Traffic(
        calls=status.calls,
        refused=status.refused,
        peak_concurrency=status.peak_concurrency,
        peak_per_minute=status.peak_per_minute,
        webhooks_sent=status.webhooks_sent,
        by_operation=status.by_operation,
    )


def exceptions_of(facts: Sequence[Fact]) -> list[ExceptionResult]:
    """The desk's exceptions, in the order in which they were opened."""
    found: dict[str, ExceptionResult] = {}
    for fact in facts:
        if fact.kind == "exception.opened":
            found[fact.entity] = ExceptionResult(
                id=fact.entity,
                order=fact.order,
                cause=fact.data["cause"],
                subject=fact.data["subject"],
                message=fact.data["message"],
                opened_us=fact.at_us,
            )
        elif fact.kind == "exception.closed" and fact.entity in found:
            found[fact.entity] = found[fact.entity].model_copy(update={"closed_us": fact.at_us})
    return list(found.values())


def _figures(judges: Judges, seen: Witnessed, end_us: int) -> list[FigureResult]:
    traffic = {
        name: FigureTraffic(one.calls, one.peak_per_minute, seen.in_flight_peak.get(name))
        for name, one in seen.traffic.items()
    }
    return figure_results(judges.figures.close(end_us, Outside(traffic, seen.duplicates_absorbed)))
