"""An order that nobody has told the core of holds others back at the shop, also those that a restart finds again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.core.design import Design
from tests.sandbox.runs.small_runs import run, small_scenario, verdicts_of


def never_asking(design: Design) -> Design:
    """Hears of orders by webhook alone: where one is late, so long is the gap open."""
    orders = replace(design.flows.orders, ask=None)
    return replace(design, flows=replace(design.flows, orders=orders))


@pytest.mark.parametrize("crash", ["10:30", "15:30"])
def test_stock_is_published_anew_when_a_gap_closes_that_is_older_than_the_core(crash: str, tmp_path: Path) -> None:
    faults = [
        {"webhook_delayed": {"system": "commerce", "topic": "order.created", "order": "W-000002", "by": "12h"}},
        {"core_crash": {"at": crash, "down_for": "5m"}},
    ]
    scenario = small_scenario(tmp_path, faults, demand={"orders_per_day": 40, "skus": 40, "customers": 8})
    verdict = verdicts_of(run(scenario, design=never_asking))["I9"]
    assert [finding.message for finding in verdict.violations] == []
    assert verdict.verdict == "pass"
