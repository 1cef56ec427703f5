"""What a run came to, put together for its record."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from mock_systems.kit.ledger import Fact
from sandbox.faults.atoms import CrashAtom
from sandbox.faults.words import in_words
from sandbox.oracle.figures import Outside
from sandbox.oracle.figures import Traffic as FigureTraffic
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

_VERSIONED = ("distribution-erp-sandbox", "simpy", "pydantic", "fastapi", "faker")
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
    return Summary(
        title=scenario.title,
        about=scenario.about,
        scenario=scenario.name,
        design=scenario.design.name,
        seed=run.seed,
        world=world,
        fidelity=run.fidelity,
        repeat=request.repeat,
        versions={"python": platform.python_version(), **{name: version(name) for name in _VERSIONED}},
        phases=Phases(
            start_us=run.start_us,
            warm_until_us=max(run.start_us, scenario.start_us + scenario.warm_up_us),
            demand_until_us=run.demand_until_us,
            healed_us=run.healed_us,
            end_us=run.end_us,
        ),
        demand=run.demand.account.as_dict(),
        plan=run.plan.as_written(),
        knobs=run.knobs,
        faults=_faults(run, dict.fromkeys((atom.id for atom in run.plan.atoms), 0)),
        **more,
    )


def summed_up(begun_as: Summary, run: PlannedRun, judges: Judges, seen: Witnessed) -> Summary:
    """What it came to: the oracle is asked for its verdicts, and expectations are held against them."""
    verdicts = judges.close(run.end_us)
    summary = begun_as.model_copy(
        update={
            "fingerprint": seen.fingerprint,
            "deterministic": seen.repeats,
            "virtual_seconds": (run.end_us - run.start_us) / 1_000_000,
            "wall_seconds": round(seen.wall_seconds, 3),
            "remote_calls": seen.remote_calls,
            "faults": _faults(run, seen.fired),
            "figures": _figures(run, judges, seen),
            "invariants": invariant_results(verdicts),
            "findings": findings(verdicts),
            "books": book_results(judges.comparisons()),
            "exceptions": exceptions_of(judges.desk),
            "traffic": dict(seen.traffic),
        }
    )
    held = [expectation.result(summary) for expectation in run.scenario.expectations]
    return summary.model_copy(update={"expectations": held})


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


def _faults(run: PlannedRun, fired: Mapping[str, int]) -> list[FaultResult]:
    start_us, span_us = run.scenario.start_us, run.scenario.span_us
    told = []
    for atom in run.plan.atoms:
        crash_us = atom.at_us if isinstance(atom, CrashAtom) else None
        told.append(
            FaultResult(
                id=atom.id,
                kind=atom.kind,
                text=in_words(atom, span_us),
                from_us=start_us + (crash_us if crash_us is not None else atom.window.from_us),
                until_us=start_us + atom.ends_us,
                fired=fired[atom.id],
            )
        )
    return told


def _figures(run: PlannedRun, judges: Judges, seen: Witnessed) -> list[FigureResult]:
    traffic = {
        name: FigureTraffic(one.calls, one.peak_per_minute, seen.in_flight_peak.get(name))
        for name, one in seen.traffic.items()
    }
    return figure_results(judges.figures.close(run.end_us, Outside(traffic, seen.duplicates_absorbed)))
