"""Our own systems keep their contracts, with nothing known to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from sandbox.system_names import SYSTEM_NAMES
from sandbox.verification.fuzz.baseline import Baseline
from sandbox.verification.fuzz.fuzzing import fuzz
from sandbox.verification.fuzz.own import own_targets
from sandbox.verification.fuzz.plan import PHASES, FuzzPlan
from sandbox.verification.fuzz.result import FuzzOutcome, outcome_of
from sandbox.verification.fuzz.target import Target


@pytest.fixture(scope="module")
def targets() -> Mapping[str, Target]:
    """By name, after a few days of trade."""
    return {target.subject: target for target in own_targets(SYSTEM_NAMES, 1)}


def outcome(target: Target, plan: FuzzPlan) -> FuzzOutcome:
    return outcome_of(fuzz(target, plan, lambda *_: None), Baseline((), date(2026, 11, 21)))


@pytest.mark.parametrize("system", SYSTEM_NAMES)
def test_a_few_requests_to_each_operation_find_nothing(targets: Mapping[str, Target], system: str) -> None:
    phases = ("coverage", "fuzzing", "stateful") if system == "desk" else ("fuzzing", "stateful")
    found = outcome(targets[system], FuzzPlan(examples=2, phases=phases))
    assert (found.findings, found.errors) == ([], [])
    assert found.tested > 0.75 * len(found.operations)


def test_what_is_set_apart_for_one_operation_is_offered_to_no_other(targets: Mapping[str, Target]) -> None:
    commerce, wms = targets["commerce"], targets["wms"]
    assert set(commerce.states) >= {"acceptEdit", "refuseEdit", "refuseCancellation", "capturePayment"}
    assert set(wms.states) >= {"releaseOutbound", "cancelOutbound", "attachLabel", "rejectCount"}
    for name, target in (("order", commerce), ("count", wms)):
        apart = {one for values in target.states.values() for one in values.get(name, ())}
        assert apart
        assert not apart & set(target.values[name])


@pytest.mark.campaign
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("system", SYSTEM_NAMES)
def test_all_phases_find_nothing_and_test_every_operation(system: str, seed: int) -> None:
    """The books are made anew for each: what a system was told before should not matter."""
    [target] = own_targets([system], seed)
    found = outcome(target, FuzzPlan(seed=seed, examples=25, phases=PHASES))
    assert (found.findings, found.errors) == ([], [])
    if seed == 1:
        assert {one.operation: one.why for one in found.operations if one.why} == {}
