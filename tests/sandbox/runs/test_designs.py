"""Every shipped design serves a normal day within what it can promise, and does its work when it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mock_systems.kit.ledger import Fact
from sandbox.oracle.context import HOUR_US, Deadlines
from sandbox.runs.library import designs, scenarios
from sandbox.runs.own_history import Changes, changed
from sandbox.runs.scenario import Scenario, load_scenario
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import run, small_scenario, violated
from tests.sandbox.runs.test_returns import BLOCKS, assert_credited_for_what_came_back

LATER = Deadlines(
    goods_issue_us=26 * HOUR_US,
    invoice_us=26 * HOUR_US,
    money_us=26 * HOUR_US,
    inventory_us=4 * HOUR_US,
    stuck_us=30 * HOUR_US,
    progress_us=26 * HOUR_US,
    recovery_us=26 * HOUR_US,
)
MINUTE_US, DAY_US = HOUR_US // 60, 24 * HOUR_US


def facts(made: VirtualRun, kind: str) -> Iterator[Fact]:
    """The facts of one kind, of all systems."""
    return (fact for system in made.estate.values() for fact in system.ledger.facts if fact.kind == kind)


def on(name: str, scenario: Scenario) -> Scenario:
    """The scenario with that shipped design, and its promises."""
    return replace(changed(scenario, Changes(design=name)), deadlines=LATER)


@pytest.mark.parametrize("name", designs())
def test_a_shipped_design_serves_the_normal_day_without_a_violation(name: str) -> None:
    made = run(on(name, load_scenario(scenarios()["normal_day"])))
    assert violated(made) == []
    assert made.tallies.accepted > 300
    assert made.tallies.unfinished == 0


def test_batches_do_their_work_in_runs_and_nowhere_else(tmp_path: Path) -> None:
    made = run(on("nightly_batch", small_scenario(tmp_path)))
    invoices = [fact.at_us for fact in facts(made, "invoice.posted")]
    captures = [fact.at_us for fact in facts(made, "payment.captured")]
    entered = [fact.at_us for fact in facts(made, "sales_order.created")]
    assert len(invoices) > 30
    assert captures
    # A run starts on time, and what there is to do takes it a few minutes.
    assert all(2 * HOUR_US <= at_us % DAY_US < 2.1 * HOUR_US for at_us in invoices)
    assert all(4 * HOUR_US <= at_us % DAY_US < 4.1 * HOUR_US for at_us in captures)
    assert all(at_us % (15 * MINUTE_US) < MINUTE_US for at_us in entered)


def test_without_its_promises_a_nightly_invoice_is_late(tmp_path: Path) -> None:
    assert "I6" in violated(run(changed(small_scenario(tmp_path), Changes(design="nightly_batch"))))


def test_a_crash_between_two_runs_loses_none(tmp_path: Path) -> None:
    crash = {"core_crash": {"at": "1d 01:59", "down_for": "5m"}}
    made = run(on("nightly_batch", small_scenario(tmp_path, [crash], world={"start": "2011-11-14", "days": 2})))
    assert made.faults.fired()["F1"] == 1
    assert violated(made) == []
    assert made.tallies.unfinished == 0


def test_calls_alone_tell_the_shop_as_much_as_the_bus_does(tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path)
    told = [
        {(fact.entity, fact.data["status"]) for fact in facts(run(made), "order.status")}
        for made in (scenario, changed(scenario, Changes(design="point_to_point")))
    ]
    assert told[0] == told[1]


def test_a_core_that_starts_again_without_an_outbox_asks_for_stock_once_and_has_forgotten_what_it_was_to_tell(
    tmp_path: Path,
) -> None:
    crash = {"core_crash": {"at": "10:00", "down_for": "1m"}}
    made = run(on("point_to_point", small_scenario(tmp_path, [crash])))
    assert made.faults.fired()["F1"] == 1
    assert set(violated(made)) <= {"I12"}
    assert made.tallies.unfinished == 0


def test_calls_alone_are_repeated_less_and_less_often_while_the_shop_takes_no_figures(tmp_path: Path) -> None:
    deaf = {"error": {"system": "commerce", "operation": "publishStock", "at": "12:00", "for": "5m"}}
    scenario = small_scenario(tmp_path, [deaf], demand={"orders_per_day": 150, "skus": 12, "customers": 8})
    made = run(changed(scenario, Changes(design="point_to_point")))
    assert violated(made) == []
    assert made.world is not None
    # Four times a minute in the end; not a thousand times a second.
    assert 3 < made.world.counters["publication.failed"] < 40


def test_a_scenario_says_what_its_business_promises(tmp_path: Path) -> None:
    assert small_scenario(tmp_path).deadlines == Deadlines()
    assert small_scenario(tmp_path, promises={"invoice": "26h"}).deadlines == Deadlines(invoice_us=26 * HOUR_US)


def test_returns_are_heard_of_and_credited_at_night(tmp_path: Path) -> None:
    scenario = on("nightly_batch", small_scenario(tmp_path, **BLOCKS))
    made = run(replace(scenario, deadlines=replace(LATER, return_us=50 * HOUR_US, compensation_us=26 * HOUR_US)))
    assert violated(made) == []
    assert made.tallies.unfinished == 0
    assert_credited_for_what_came_back(made)
    for kind, hour in (("return.expected", 3), ("credit_note.posted", 5), ("payment.refunded", 5)):
        at = [fact.at_us % DAY_US for fact in facts(made, kind)]
        assert at, kind
        assert all(hour * HOUR_US <= at_us < (hour + 0.2) * HOUR_US for at_us in at), kind


def test_a_crash_before_the_crediting_run_loses_no_credit(tmp_path: Path) -> None:
    crashes = [{"core_crash": {"at": f"{day}d 04:59", "down_for": "5m"}} for day in range(3, 7)]
    scenario = on("nightly_batch", small_scenario(tmp_path, crashes, **BLOCKS))
    made = run(replace(scenario, deadlines=replace(LATER, return_us=50 * HOUR_US, compensation_us=26 * HOUR_US)))
    assert violated(made) == []
    assert_credited_for_what_came_back(made)
    at = [fact.at_us % DAY_US for fact in facts(made, "credit_note.posted")]
    assert all(5 * HOUR_US <= at_us < 5.2 * HOUR_US for at_us in at)
