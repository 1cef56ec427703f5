"""Each kind of fault has a policy that guards against it: with it nothing breaks, without it the oracle speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sandbox.core.design import Design
from sandbox.faults.atoms import KINDS
from tests.sandbox.runs.small_runs import run, small_scenario, violated


def safety(**off: bool) -> Callable[[Design], Design]:
    """The reference design with some of its guards switched off."""
    return lambda design: replace(design, safety=replace(design.safety, **off))


def intake(**changed: Any) -> Callable[[Design], Design]:
    """The reference design with another intake."""
    return lambda design: replace(design, intake=replace(design.intake, **changed))


def believing(design: Design) -> Design:
    """Takes stock figures as they come, however old they are, and never looks at a snapshot again."""
    inventory = replace(design.inventory, reconcile_every_us=30 * 86_400_000_000)
    return replace(design, inventory=inventory, safety=replace(design.safety, versions=False))


def impatient(design: Design) -> Design:
    """No queue of its own before the ERP, and no retries: what the ERP refuses is given up."""
    calls = {name: replace(policy, concurrency=500) for name, policy in design.calls.items()}
    return replace(design, calls=calls, safety=replace(design.safety, retries=False, breakers=False))


class Case(NamedTuple):
    """A fault, the design without its guard, and the invariants that must break then."""

    fault: dict[str, Any]
    unguarded: Callable[[Design], Design]
    breaks: set[str]
    blocks: dict[str, Any] = {}  # noqa: RUF012 - never changed


CASES = {
    "outage": Case({"system": "erp", "at": "11:00", "for": "1h"}, safety(retries=False), {"I1"}),
    "slow": Case(
        {"system": "erp", "operation": "createSalesOrder", "by": "40s", "at": "10:00", "for": "2h"},
        safety(idempotency_keys=False),
        {"I2"},
    ),
    "error": Case({"system": "erp", "at": "11:00", "for": "1h"}, safety(retries=False), {"I1"}),
    "throttle": Case({"system": "erp", "at": "11:00", "for": "1h"}, safety(retries=False), {"I1"}),
    "lost_request": Case(
        {"system": "erp", "operation": "createSalesOrder", "share": "50%", "at": "8:00", "for": "8h"},
        safety(retries=False),
        {"I1"},
    ),
    "lost_reply": Case(
        {"system": "erp", "operation": "createSalesOrder", "share": "30%", "at": "8:00", "for": "8h"},
        safety(idempotency_keys=False),
        {"I2"},
    ),
    "webhook_lost": Case(
        {"system": "commerce", "topic": "order.created", "share": "30%", "at": "0h", "for": "24h"},
        intake(poll_every_us=None),
        {"I1"},
    ),
    "webhook_doubled": Case(
        {"system": "commerce", "topic": "order.created", "share": "30%", "at": "0h", "for": "24h"},
        intake(deduplicate=False),
        {"I2"},
    ),
    "webhook_reordered": Case(
        {"system": "wms", "topic": "stock.moved", "within": "12h", "at": "0h", "for": "24h"},
        believing,
        {"I9"},
    ),
    "webhook_delayed": Case(
        {"system": "commerce", "topic": "order.created", "by": "9h", "at": "0h", "for": "24h"},
        intake(poll_every_us=None),
        {"I1"},
    ),
    "core_crash": Case({"at": "12:00", "down_for": "60s"}, safety(recover_after_crash=False), {"I1", "I6"}),
    "demand_spike": Case(
        {"at": "12:00", "for": "2m", "factor": 400},
        impatient,
        {"I1"},
        {"demand": {"orders_per_day": 400, "skus": 12, "customers": 8}, "systems": {"erp": {"slots": 5}}},
    ),
}


def test_there_is_a_case_for_every_kind_of_fault() -> None:
    assert set(CASES) == set(KINDS)


@pytest.mark.parametrize("kind", CASES)
def test_the_reference_core_withstands_the_fault(kind: str, tmp_path: Path) -> None:
    case = CASES[kind]
    made = run(small_scenario(tmp_path, [{kind: case.fault}], **case.blocks))
    assert violated(made) == []
    assert made.faults.fired()["F1"] > 0, "a fault that never struck proves nothing"


@pytest.mark.parametrize("kind", CASES)
def test_without_its_guard_the_oracle_speaks(kind: str, tmp_path: Path) -> None:
    case = CASES[kind]
    made = run(small_scenario(tmp_path, [{kind: case.fault}], **case.blocks), design=case.unguarded)
    assert made.faults.fired()["F1"] > 0
    assert case.breaks & set(violated(made)), f"expected one of {case.breaks}, the oracle says {violated(made)}"


def test_a_label_bought_blindly_a_second_time_is_seen(tmp_path: Path) -> None:
    fault = {"lost_reply": {"system": "carrier", "operation": "buyLabel", "share": "30%", "at": "8:00", "for": "10h"}}
    scenario = small_scenario(tmp_path, [fault])
    assert violated(run(scenario)) == []
    assert "I4" in violated(run(scenario, design=safety(look_up_unknown=False)))
