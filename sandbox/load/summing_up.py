"""The record of a loaded run, as any run has one: what it was, and what the judges found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mock_systems.kit.live.admin_wire import Status
from sandbox.faults.plan import FaultPlan
from sandbox.load.request import LoadRequest
from sandbox.oracle.context import CORE, Context, Window
from sandbox.oracle.verdict import Verdict
from sandbox.records.summary import LiveResult, Phases, Summary
from sandbox.runs.judges import Judges
from sandbox.runs.judging import context_of
from sandbox.runs.live_execution import landscape_folder
from sandbox.runs.live_settings import FLOOR_S
from sandbox.runs.scenario import Scenario
from sandbox.runs.summing_up import Witnessed, announced, fault_results, judged, traffic_of

_VERSIONED: Final = ("locust", "uvicorn", "pydantic", "simpy")


def context_for(plan: FaultPlan, scenario: Scenario, core_downs: Sequence[Window], until_us: int) -> Context:
    """The oracle's context. `core_downs`: when the core is away because of kills; at `until_us` all trouble is over."""
    context = context_of(plan, scenario)
    outages = {**context.outages, CORE: [*context.outages.get(CORE, ()), *core_downs]}
    troubled = bool(plan.atoms or core_downs)
    return replace(context, heal_us=until_us if troubled else 0, outages=outages)


def begun(request: LoadRequest, scenario: Scenario, plan: FaultPlan, phases: Phases) -> Summary:
    """What is known before the run starts."""
    folder = str(landscape_folder(request.folder))
    return announced(
        scenario,
        plan,
        phases,
        versioned=_VERSIONED,
        seed=request.seed,
        world="live",
        fidelity="http",
        repeat=request.repeat,
        live=LiveResult(speed=request.speed, stack=request.stack, floor_s=FLOOR_S, folder=folder),
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
    statuses = happened.statuses
    seen = Witnessed(
        wall_seconds=happened.wall_s,
        remote_calls=sum(status.calls for status in statuses.values()),
        fired=happened.fired,
        traffic={name: traffic_of(status) for name, status in statuses.items()},
        in_flight_peak={name: status.peak_concurrency for name, status in statuses.items()},
        duplicates_absorbed=happened.duplicates_absorbed,
    )
    faults = fault_results(plan, scenario, happened.fired)
    return judged(as_begun, judges, happened.verdicts, seen, happened.end_us, faults)
