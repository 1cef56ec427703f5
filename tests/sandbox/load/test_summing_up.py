"""What the oracle is told of a loaded run before it listens, and which faults there can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_systems.kit.live.admin_wire import Status
from sandbox.errors import InputError
from sandbox.faults.plan import FaultPlan
from sandbox.load.fault_plan import fault_plan
from sandbox.load.request import LoadRequest
from sandbox.load.shapes import SHAPES
from sandbox.load.summing_up import Happened, begun, context_for, summed_up
from sandbox.oracle.context import CORE
from sandbox.records.summary import Phases
from sandbox.runs.judges import Judges
from sandbox.runs.library import find_scenario
from sandbox.runs.scenario import Scenario, load_scenario

UNTIL_US = 1_000


def scenario(name: str) -> Scenario:
    return load_scenario(find_scenario(name))


def request(which: Scenario, **asked: object) -> LoadRequest:
    given = {"faulty": True, "stack": "light", **asked}
    shape, folder = SHAPES["steady"], Path("nowhere")
    return LoadRequest(which, shape, 5.0, 10, None, 1, 60.0, folder=folder, repeat="", **given)  # type: ignore[arg-type]


def test_only_a_run_with_trouble_is_healed() -> None:
    calm = scenario("normal_day")
    assert context_for(FaultPlan(), calm, [], UNTIL_US).heal_us == 0
    killed = context_for(FaultPlan(), calm, [(100, 200)], UNTIL_US)
    assert (killed.heal_us, killed.outages[CORE]) == (UNTIL_US, [(100, 200)])
    outage = scenario("erp_outage")
    faulty = context_for(outage.plan(1), outage, [(100, 200)], UNTIL_US)
    assert faulty.heal_us == UNTIL_US
    assert set(faulty.outages) == {CORE, "erp"}


def test_faults_that_real_processes_cannot_have_are_refused() -> None:
    with_spike, crashes = scenario("peak_week"), scenario("core_crashes")
    assert fault_plan(request(with_spike, faulty=False), with_spike) == FaultPlan()
    with pytest.raises(InputError, match=r"\(demand_spike\) can't be carried out under load: how much demand there is"):
        fault_plan(request(with_spike), with_spike)
    kinds = {atom.kind for atom in crashes.plan(1).atoms}
    assert "core_crash" in kinds
    assert {atom.kind for atom in fault_plan(request(crashes), crashes).atoms} == kinds


def test_a_loaded_run_is_summed_up_as_any_other() -> None:
    which = scenario("webhooks_lost")
    plan, start_us = which.plan(1), which.start_us
    phases = Phases(start_us=start_us, demand_until_us=start_us + 10, healed_us=start_us + 10, end_us=start_us + 20)
    as_begun = begun(request(which), which, plan, phases)
    assert {"python", "locust", "distribution-erp-sandbox"} < set(as_begun.versions)
    judges, deletion = Judges(context_for(plan, which, [], UNTIL_US), UNTIL_US), plan.atoms[0]
    status = dict.fromkeys(Status.model_fields, 0) | {"system": "erp", "ready": True, "by_operation": {"read": 7}}
    erp = Status.model_validate(status | {"calls": 7, "webhooks_sent": 3, "peak_per_minute": 5})
    end_us = start_us + 3_000_000
    happened = Happened(judges.close(end_us), {"erp": erp}, {deletion.id: 2}, 4, end_us, 1.23456)
    summary = summed_up(as_begun, plan, which, judges, happened)
    assert summary.phases == phases.model_copy(update={"end_us": end_us})
    assert (summary.virtual_seconds, summary.wall_seconds, summary.remote_calls) == (3.0, 1.235, 7)
    assert summary.traffic["erp"].by_operation == {"read": 7}
    told = {fault.id: (fault.from_us, fault.fired) for fault in summary.faults}
    assert told[deletion.id] == (start_us + deletion.at_us, 2), "from the moment that it happens"  # type: ignore[union-attr]
    assert {fired for _, fired in told.values()} == {0, 2}
