"""What a run came to, put together for its record."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version

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
from sandbox.runs.request import RunRequest
from sandbox.runs.virtual_run import VirtualRun

_VERSIONED = ("distribution-erp-sandbox", "simpy", "pydantic", "fastapi", "faker")
_ABSORBED = "duplicate.absorbed"


def begun(request: RunRequest, run: VirtualRun) -> Summary:
    """What is known of a run before it starts."""
    scenario = run.scenario
    return Summary(
        title=scenario.title,
        about=scenario.about,
        scenario=scenario.name,
        design=scenario.design.name,
        seed=run.seed,
        fidelity=run.fidelity,
        repeat=request.repeat,
        versions={"python": platform.python_version(), **{name: version(name) for name in _VERSIONED}},
        phases=Phases(
            start_us=run.start_us,
            warm_until_us=run.start_us + scenario.warm_up_us,
            demand_until_us=run.demand_until_us,
            healed_us=run.healed_us,
            end_us=run.end_us,
        ),
        demand=run.demand.account.as_dict(),
        plan=run.plan.as_written(),
        knobs=run.knobs,
        faults=_faults(run),
    )


def summed_up(begun_as: Summary, run: VirtualRun, wall_seconds: float, *, repeats: bool | None) -> Summary:
    """What it came to: the oracle is asked for its verdicts, and expectations are held against them."""
    world = run.world
    assert world is not None, "the run has not been let go"
    verdicts = run.oracle.close(run.end_us)
    summary = begun_as.model_copy(
        update={
            "fingerprint": run.fingerprint.digest(),
            "deterministic": repeats,
            "virtual_seconds": (run.end_us - run.start_us) / 1_000_000,
            "wall_seconds": round(wall_seconds, 3),
            "remote_calls": world.network.calls + world.inbound.traffic.calls,
            "faults": _faults(run),
            "figures": _figures(run),
            "invariants": invariant_results(verdicts),
            "findings": findings(verdicts),
            "books": book_results(run.books.comparisons(run.oracle.cases.availability)),
            "exceptions": exceptions_of(run.estate["desk"].ledger.facts),
            "traffic": _traffic(run),
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


def _faults(run: VirtualRun) -> list[FaultResult]:
    fired = run.faults.fired()
    start_us, span_us = run.start_us, run.scenario.span_us
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


def _figures(run: VirtualRun) -> list[FigureResult]:
    assert run.world is not None
    hosts = run.world.network.hosts
    traffic = {
        name: FigureTraffic(system.door.calls, system.door.peak_per_minute, hosts[name].traffic.in_flight_peak)
        for name, system in run.estate.items()
    }
    outside = Outside(traffic, run.world.counters.get(_ABSORBED, 0))
    return figure_results(run.figures.close(run.end_us, outside))


def _traffic(run: VirtualRun) -> dict[str, Traffic]:
    return {
        name: Traffic(
            calls=system.door.calls,
            refused=system.door.refused,
            peak_concurrency=system.door.peak_concurrency,
            peak_per_minute=system.door.peak_per_minute,
            webhooks_sent=system.webhooks.sent,
            by_operation=dict(sorted(system.door.by_operation.items())),
        )
        for name, system in run.estate.items()
    }
