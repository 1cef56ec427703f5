"""Systems that honour no idempotency keys: a design that knows it looks first; one that doesn't, does things twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.core.design import Design
from sandbox.runs.scenario import Scenario
from tests.sandbox.runs.small_runs import run, small_scenario, violated

LOST = {
    "erp": (("createSalesOrder", "postGoodsIssue", "postInvoice", "postPayment"), {"I2", "I6", "I7", "I8"}),
    "wms": (("reserve",), {"I8"}),
    "commerce": (("capturePayment", "addFulfilment"), {"I7", "I11", "I4", "I17"}),
}


def knowing(system: str) -> Callable[[Design], Design]:
    """The reference design, told that this system honours no keys."""
    return lambda design: replace(
        design, calls={**design.calls, system: replace(design.calls[system], honours_keys=False)}
    )


def forgetful(folder: Path, system: str, *more: dict[str, object]) -> Scenario:
    """A day on which a third of the system's replies to its writes are lost, and it overlooks keys."""
    operations, _ = LOST[system]
    lost = {"system": system, "share": "30%", "at": "6:00", "for": "18h"}
    faults = [{"lost_reply": {**lost, "operation": operation}} for operation in operations]
    return small_scenario(folder, [*faults, *more], systems={system: {"honours_keys": False}})


@pytest.mark.parametrize("system", LOST)
def test_who_knows_it_looks_before_repeating(system: str, tmp_path: Path) -> None:
    made = run(forgetful(tmp_path, system), design=knowing(system))
    assert violated(made) == []
    assert all(made.faults.fired().values())
    assert made.tallies.unfinished == 0


@pytest.mark.parametrize("system", ["erp", "wms"])
def test_who_trusts_in_keys_does_it_twice(system: str, tmp_path: Path) -> None:
    assert LOST[system][1] & set(violated(run(forgetful(tmp_path, system))))


def test_a_core_that_crashes_in_doubt_looks_when_it_is_back(tmp_path: Path) -> None:
    crashes = [{"core_crash": {"at": f"{hour}:0{hour % 7}", "down_for": "20s"}} for hour in range(9, 17)]
    made = run(forgetful(tmp_path, "erp", *crashes), design=knowing("erp"))
    assert violated(made) == []
    assert made.tallies.unfinished == 0
