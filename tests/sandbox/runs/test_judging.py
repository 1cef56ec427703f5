"""What the oracle is told of a plan: bus and label look-ups that can't be used excuse what goes by them, no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.flows import WorkFlow
from sandbox.core.policies.cadence import AtOnce
from sandbox.oracle import Context, Finding
from sandbox.runs.judging import context_of
from tests.sandbox.oracle.history import HOUR_US, START_US, History
from tests.sandbox.oracle.judging import judge
from tests.sandbox.runs.final_books import complaints, facts, told
from tests.sandbox.runs.one_order import CUP, JAR, cancels, happening, order, quiet_day, receives
from tests.sandbox.runs.small_runs import run, small_scenario, verdicts_of, violated

BUS_AWAY = {"bus_outage": {"from": "6:30", "to": "21:00"}}
LOOK_UP = {"system": "carrier", "operation": "findLabels"}
UNREADABLE = {"poisoned_rows": {**LOOK_UP, "from": "00:00", "to": "23:00"}}


def context(folder: Path, *faults: dict[str, Any]) -> Context:
    """What the oracle is told of a day with these faults."""
    scenario = small_scenario(folder, faults)
    return context_of(scenario.plan(1), scenario)


def hours(context: Context, name: str) -> list[tuple[float, float]]:
    """When that was away, in hours of the day."""
    windows = context.outages.get(name, ())
    return [((from_us - START_US) / HOUR_US, (until_us - START_US) / HOUR_US) for from_us, until_us in windows]


def late(history: History, context: Context, invariant: str, after_h: float) -> Sequence[Finding]:
    """What the oracle finds when the run ends that many hours after its beginning."""
    return judge(history.facts, START_US + round(after_h * HOUR_US), context)[invariant].violations


def test_an_outage_of_the_bus_counts_where_the_core_tells_by_events(tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path, [BUS_AWAY])
    plan = scenario.plan(1)
    assert hours(context_of(plan, scenario), "bus") == [(6.5, 21)]
    assert hours(context_of(plan, scenario, HOUR_US), "bus") == [(6.5, 22)]
    by_calls = replace(scenario.design.flows, milestones=WorkFlow("api", AtOnce()))
    told_by_calls = replace(scenario, design=replace(scenario.design, flows=by_calls))
    assert context_of(plan, told_by_calls).outages == {}


@pytest.mark.parametrize("kind", ["bus_doubled", "store_conflicts", "store_unknown"])
def test_a_bus_or_a_database_that_answers_badly_is_not_away(kind: str, tmp_path: Path) -> None:
    assert context(tmp_path, {kind: {"from": "9:00", "to": "21:00", "share": "50%"}}).outages == {}


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ({}, "label look-up"),
        ({"operation": None}, "label look-up"),
        ({"share": "5%"}, "label look-up"),
        ({"poison": "unknown_status"}, "label look-up"),
        ({"order": "W-000001"}, "label look-up of W-000001"),
        ({"occurrence": 1}, None),
        ({"poison": "unknown_item"}, None),
        ({"operation": "getTracking"}, None),
        ({"system": "wms", "operation": None}, None),
    ],
)
def test_label_look_ups_are_away_where_rows_of_them_stay_unreadable(
    fault: dict[str, Any], name: str | None, tmp_path: Path
) -> None:
    written = {key: value for key, value in {**UNREADABLE["poisoned_rows"], **fault}.items() if value is not None}
    found = context(tmp_path, {"poisoned_rows": written})
    assert {each: hours(found, each) for each in found.outages} == ({} if name is None else {name: [(0, 23)]})


def test_a_core_whose_bus_is_away_tells_when_it_is_back(tmp_path: Path) -> None:
    scenario = quiet_day(tmp_path, order("5:00", (CUP, 1)), order("10:00", (JAR, 1)), faults=[BUS_AWAY])
    made = run(scenario, prepare=happening(cancels("11:00")))
    assert violated(made) == []
    assert complaints(made) == []
    assert {fact.order for fact in facts(made, "order.fulfilled")} == {"W-000001", "W-000002"}
    (refused,) = facts(made, "cancellation.refused")
    assert min(fact.at_us for fact in (refused, *facts(made, "order.fulfilled"))) >= START_US + 21 * HOUR_US
    assert verdicts_of(made)["I12"].excused == {"outage of bus": 3}


def test_who_was_not_told_to_wait_for_stock_is_not_forgotten(tmp_path: Path) -> None:
    scenario = quiet_day(tmp_path, order("7:05", (CUP, 5)), stock={CUP: {"LDS": 5}}, faults=[BUS_AWAY])
    take_away = "7h5m100ms", lambda world: world.systems["wms"].adjust("LDS", CUP, -5)
    made = run(scenario, prepare=happening(take_away, receives("30h", "BHM", CUP, 5)))
    assert "I10" not in violated(made)
    assert complaints(made) == []
    assert "backordered" in told(made, "W-000001")
    assert "shipped" in told(made, "W-000001")
    assert verdicts_of(made)["I10"].excused == {"outage of bus": 1}


def test_an_untold_shipment_is_found_when_the_bus_has_been_back_for_its_deadline(tmp_path: Path) -> None:
    history = History().wait(5.5 * 60)
    history.order("A", 1).erp().to_the_dock("LDS").ship()
    away = context(tmp_path, BUS_AWAY)
    shipped_h = (history.now_us - START_US) / HOUR_US
    assert shipped_h < 6.5
    told_by_h = 21 + 6 - (6.5 - shipped_h)
    assert late(history, away, "I12", told_by_h - 0.1) == ()
    (found,) = late(history, away, "I12", told_by_h + 0.1)
    assert found.role == "told"
    assert late(history, Context(), "I12", shipped_h + 6.1) != ()


def test_of_what_stands_still_only_what_is_told_by_events_waits_for_the_bus(tmp_path: Path) -> None:
    away = context(tmp_path, BUS_AWAY)
    history = History().wait(10 * 60)
    history.order("A", 1).erp().reserve("LDS").release().pack()
    assert [found.role for found in late(history, away, "I12", 17)] == ["labelled"]
    assert [found.role for found in late(history, away, "I10", 23)] == ["stuck"]


def test_labels_that_nobody_can_look_up_are_used_once_they_can_be_read(tmp_path: Path) -> None:
    made = run(quiet_day(tmp_path, order("7:00", (CUP, 1)), order("8:00", (JAR, 1)), faults=[UNREADABLE]))
    assert made.faults.fired()["F1"] > 20
    assert violated(made) == []
    assert complaints(made) == []
    assert min(fact.at_us for fact in facts(made, "outbound.labelled")) >= START_US + 23 * HOUR_US
    assert verdicts_of(made)["I4"].excused == {"outage of label look-up": 2}


@pytest.mark.parametrize(
    ("struck", "bought_h", "found_h"),
    [
        (None, 2, 23 + 12),
        (None, 24, 24 + 12),
        ("W-000001", 2, 23 + 12),
        ("W-000002", 2, 2 + 12),
    ],
)
def test_a_forgotten_label_is_found(struck: str | None, bought_h: float, found_h: float, tmp_path: Path) -> None:
    """After the fault, though it kept it from being looked up; at once, where it struck another order or earlier."""
    fault = UNREADABLE["poisoned_rows"] | ({} if struck is None else {"order": struck})
    away = context(tmp_path, {"poisoned_rows": fault})
    history = History()
    mine = history.order("A", 1).erp().reserve("LDS").release().pack()
    history.wait((START_US - history.now_us) / 60_000_000 + bought_h * 60)
    mine.buy_label(mine.shipments[0])
    assert late(history, away, "I4", found_h - 0.1) == ()
    assert [found.role for found in late(history, away, "I4", found_h + 0.1)] == ["unused"]


@pytest.mark.parametrize(("system", "granted"), [("commerce", True), ("erp", True), ("wms", True), ("carrier", False)])
def test_an_exception_may_stay_while_the_books_in_which_its_order_ended_are_away(
    system: str, granted: bool, tmp_path: Path
) -> None:
    away = context(tmp_path, {"outage": {"system": system, "from": "11:30", "to": "17:00"}})
    history = History()
    mine = history.order("A", 1).erp().to_the_dock("LDS").ship().invoice().capture()
    history.wait((START_US - history.now_us) / 60_000_000 + 11 * 60)
    mine.surface("unreadable-order")
    due_h = 11 + 2 + (5.5 if granted else 0)
    assert late(history, away, "I10", due_h - 0.1) == ()
    assert [found.role for found in late(history, away, "I10", due_h + 0.1)] == ["false_alarm"]
