"""The checks that a team has, in the order of what they cost; which of them sees a drift."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from ruamel.yaml import YAML

from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Answer, Request
from sandbox.faults.contract.wire import ChangedCalls
from sandbox.verification.diff.changes import Severity
from sandbox.verification.diff.comparison import compare
from sandbox.verification.fuzz.fuzzing import fuzz as fuzz_target
from sandbox.verification.fuzz.own import own_targets
from sandbox.verification.fuzz.plan import FuzzPlan
from sandbox.verification.fuzz.target import Target
from sandbox.verification.outcome import Verdict
from sandbox.verification.pacts.jobs import VerifierJobs
from sandbox.verification.pacts.verifying import How, verify_pact
from sandbox.verification.pacts_against_openapi.pact_file import read_pact
from sandbox.verification.recorded.api import Api
from sandbox.verification.recorded.report import check_pairs, pair_report
from sandbox.verification.rehearsal.impact import impact_of
from sandbox.verification.rehearsal.overlay import applied
from sandbox.verification.rehearsal.window import InForce
from tests.drifts.drift import Drift
from tests.drifts.drifting import served, unheard
from tests.drifts.running import CONTRACTS, Ran, ran, scenario, undrifted


def document_of(system: str) -> Path:
    """The system's published document."""
    return CONTRACTS / "openapi" / f"{system}.json"


_RUNS: dict[str, Ran] = {}


def run_of(drift: Drift) -> Ran:
    """A day with it: several checks look at the same one."""
    if drift.name not in _RUNS:
        _RUNS[drift.name] = ran(drift)
    return _RUNS[drift.name]


def diff(drift: Drift) -> list[str]:
    """Breaking changes of the new document; nothing where none was announced."""
    if not drift.announced:
        return []
    with TemporaryDirectory() as folder:
        overlay = Path(folder) / "overlay.yaml"
        told = {"overlay": "1.0.0", "info": {"title": drift.name, "version": "1"}, "actions": list(drift.announced)}
        with overlay.open("w") as file:
            YAML(typ="safe").dump(told, file)
        new = applied(str(overlay), str(document_of(drift.system)), Path(folder))
        found = compare(str(document_of(drift.system)), str(new))
        return [f"{one.rule}: {one.text}" for one in found.changes if one.severity is not Severity.SAFE]


def pact(drift: Drift) -> list[str]:
    """Interactions of the core's pact that fail."""
    read = read_pact(str(CONTRACTS / "pacts" / f"sync-core-{drift.system}.json"))
    with served(drift) as provider, VerifierJobs() as jobs:
        found = verify_pact(read, provider, jobs, How(), unheard)
    return [one.title for one in found.interactions if one.verdict is Verdict.FAIL]


def events(drift: Drift) -> list[str]:
    """Webhooks of a day that are not as published."""
    found = run_of(drift).messages.result([]).findings
    return [f"{one.name} {one.pointer}: {one.reason}" for one in found]


def recorded(drift: Drift) -> list[str]:
    """Exchanges of a day that are not as published."""
    report = pair_report()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.ndjson"
        path.write_text("".join(json.dumps(pair) + "\n" for pair in run_of(drift).pairs))
        for _ in check_pairs(path, Api(str(document_of(drift.system))), report):
            pass
    assert report.tested, "the core has called nothing"
    return [one.message for one in report.findings]


def rehearsal(drift: Drift) -> list[str]:
    """What the orders of a day lack of the same day without the drift."""
    seen = impact_of(undrifted(), run_of(drift).seen, InForce(0, scenario().span_us, stays=True))
    steps = [
        f"{one.step.flow}, {one.step.name}: {one.late} late, {one.lost} lost" for one in seen.blast.steps if one.breaks
    ]
    return steps + [f"{one.id} {one.name}" for one in seen.invariants]


@cache
def _books(system: str) -> Target:
    """The system after a few days of trade."""
    return own_targets([system], 1)[0]


def fuzz(drift: Drift) -> list[str]:
    """Findings of the fuzzer in the operations that the drift is about."""
    target, change, plain = _books(drift.system), drift.change(), MockSystem.receive
    operations = tuple(sorted({one.operation for one in drift.edits if one.side != "webhook"}))

    def receive(system: MockSystem, request: Request, now_us: int) -> Answer:
        return ChangedCalls(system, lambda asked, at_us: plain(system, asked, at_us), [change], unheard)(
            request, now_us
        )

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(MockSystem, "receive", receive)
        plan = FuzzPlan(operations=operations, examples=10, phases=("coverage", "fuzzing"))
        found = fuzz_target(target, plan, unheard)
    return [f"{one.operation}: {one.title}" for one in found.findings.values()]


CHECKS: Mapping[str, Callable[[Drift], list[str]]] = {
    "diff": diff,
    "pact": pact,
    "events": events,
    "recorded": recorded,
    "rehearsal": rehearsal,
    "fuzz": fuzz,
}


def first_to_catch(drift: Drift) -> tuple[str | None, str]:
    """The first check that sees a drift, and what it says; None where it gets through all."""
    for name, check in CHECKS.items():
        if found := check(drift):
            return name, found[0]
    return None, "nothing"
