"""The record of a loaded run, as any run has one: what it was, and what the judges found."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Final

from mock_systems.kit.live.admin_wire import Status
from sandbox.faults.plan import FaultPlan
from sandbox.faults.words import in_words
from sandbox.load.request import LoadRequest
from sandbox.oracle.context import CORE, Context, Window
from sandbox.oracle.figures import Outside
from sandbox.oracle.figures import Traffic as FigureTraffic
from sandbox.oracle.verdict import Verdict
from sandbox.records.summary import FaultResult, LiveResult, Phases, Summary, Traffic
from sandbox.runs.judged import book_results, figure_results, findings, invariant_results
from sandbox.runs.judges import Judges
from sandbox.runs.judging import context_of
from sandbox.runs.live_execution import landscape_folder
from sandbox.runs.live_settings import FLOOR_S
from sandbox.runs.scenario import Scenario
from sandbox.runs.summing_up import exceptions_of

_VERSIONED: Final = ("distribution-erp-sandbox", "locust", "uvicorn", "pydantic", "simpy")


def context_for(plan: FaultPlan, scenario: Scenario, core_downs: Sequence[Window], until_us: int) -> Context:
    """The oracle's context. `core_downs`: when the core is away because of kills; at `until_us` all trouble is over."""
    context = context_of(plan, scenario)
    outages = {**context.outages, CORE: [*context.outages.get(CORE, ()), *core_downs]}
    troubled = bool(plan.atoms or core_downs)
    return replace(context, heal_us=until_us if troubled else 0, outages=outages)


def begun(request: LoadRequest, scenario: Scenario, plan: FaultPlan, phases: Phases) -> Summary:
    """What is known before the run starts."""
    return Summary(
        title=scenario.title,
        about=scenario.about,
        scenario=scenario.name,
        design=scenario.design.name,
        seed=request.seed,
        world="live",
        fidelity="http",
        repeat=request.repeat,
        versions={"python": platform.python_version(), **{name: version(name) for name in _VERSIONED}},
        phases=phases,
        plan=plan.as_written(),
        live=LiveResult(
            speed=request.speed, stack=request.stack, floor_s=FLOOR_S, folder=str(landscape_folder(request.folder))
        ),
        faults=_faults(plan, scenario, {}),
    )


@dataclass(frozen=True, slots=True)
class Happened:
    """What became of a run that ended at `end_us`; `fired` counts how often each fault was carried out."""

    verdicts: Sequence[Verdict]
    statuses: Mapping[str, Status]
    fired: Mapping[str, int]
    duplicates_absorbed: int
    end_us: int
    wall_s: float


def summed_up(as_begun: Summary, plan: FaultPlan, scenario: Scenario, judges: Judges, happened: Happened) -> Summary:
    """What it came to."""
    assert as_begun.phases is not None
    statuses, end_us = happened.statuses, happened.end_us
    doors = {
        name: FigureTraffic(status.calls, status.peak_per_minute, status.peak_concurrency)
        for name, status in statuses.items()
    }
    return as_begun.model_copy(
        update={
            "phases": as_begun.phases.model_copy(update={"end_us": end_us}),
            "virtual_seconds": (end_us - as_begun.phases.start_us) / 1_000_000,
            "wall_seconds": round(happened.wall_s, 3),
            "remote_calls": sum(status.calls for status in statuses.values()),
            "faults": _faults(plan, scenario, happened.fired),
            "figures": figure_results(judges.figures.close(end_us, Outside(doors, happened.duplicates_absorbed))),
            "invariants": invariant_results(happened.verdicts),
            "findings": findings(happened.verdicts),
            "books": book_results(judges.comparisons()),
            "exceptions": exceptions_of(judges.desk),
            "traffic": {name: _traffic(status) for name, status in statuses.items()},
        }
    )


def _traffic(status: Status) -> Traffic:
    return Traffic(
        calls=status.calls,
        refused=status.refused,
        peak_concurrency=status.peak_concurrency,
        peak_per_minute=status.peak_per_minute,
        webhooks_sent=status.webhooks_sent,
        by_operation=status.by_operation,
    )


def _faults(plan: FaultPlan, scenario: Scenario, fired: Mapping[str, int]) -> list[FaultResult]:
    return [
        FaultResult(
            id=atom.id,
            kind=atom.kind,
            text=in_words(atom, scenario.span_us),
            from_us=scenario.start_us + (getattr(atom, "at_us", None) or atom.window.from_us),
            until_us=scenario.start_us + atom.ends_us,
            fired=fired.get(atom.id, 0),
        )
        for atom in plan.atoms
    ]
