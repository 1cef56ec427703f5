"""What the oracle is told of a loaded run before it listens, and which faults there can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.faults.plan import FaultPlan
from sandbox.load.fault_plan import fault_plan
from sandbox.load.request import LoadRequest
from sandbox.load.shapes import SHAPES
from sandbox.load.summing_up import context_for
from sandbox.oracle.context import CORE
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
