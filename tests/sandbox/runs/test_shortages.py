"""What the picker doesn't find, or no site has: another site, a substitute, or waiting until goods come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.design import Design
from sandbox.core.design_parts import ShortageRule
from tests.campaign_cases import one_in
from tests.sandbox.runs.final_books import complaints, facts, told
from tests.sandbox.runs.one_order import CUP, JAR, cancels, crashes, edits, happening, order, quiet_day, receives
from tests.sandbox.runs.small_runs import run, small_scenario

SHORT = {"wms": {"short_picks": "100%"}}
MANY = {sku: {"LDS": 40, "BHM": 40, "RDG": 40} for sku in (CUP, JAR)}
BUSY = {"orders_per_day": 60, "skus": 8, "customers": 6, "opening": {"cover": 3}}


def rules(*short_picks: ShortageRule, **more: Any) -> Any:
    """The reference design with other rules for shortages."""

    def changed(design: Design) -> Design:
        given: Sequence[ShortageRule] = short_picks or design.shortages.short_picks
        return replace(design, shortages=replace(design.shortages, short_picks=tuple(given), **more))

    return changed


@pytest.mark.parametrize("seed", one_in(2, range(1, 5)))
def test_what_was_not_found_comes_from_elsewhere(seed: int, tmp_path: Path) -> None:
    made = run(small_scenario(tmp_path, demand=BUSY, systems={"wms": {"short_picks": "20%"}}), seed=seed)
    short = facts(made, "short_pick.reported")
    assert len(short) > 10
    assert complaints(made) == []
    # The first shipment and the one that made it good are two shipments of one order, billed each.
    order_short = short[0].order
    assert len([fact for fact in facts(made, "goods_issue.posted") if fact.order == order_short]) >= 1


def test_a_backorder_waits_without_an_exception_and_is_shipped_when_goods_come(tmp_path: Path) -> None:
    stock = {CUP: {"LDS": 20}, JAR: {"LDS": 2}}
    scenario = quiet_day(tmp_path, order("10:05", (CUP, 20), (JAR, 2)), stock=stock, phases={"settle": "4d"})
    take_away = "10h5m100ms", lambda world: world.systems["wms"].adjust("LDS", CUP, -15)
    made = run(scenario, prepare=happening(take_away, receives("30h", "BHM", CUP, 9), receives("40h", "RDG", CUP, 9)))
    assert complaints(made) == []
    assert facts(made, "exception.opened") == []
    assert told(made, "W-000001") == [
        *("accepted", "backordered", "released", "partially_shipped", "shipped", "invoiced", "delivered")
    ]
    assert len(facts(made, "invoice.posted")) == 3


def test_a_backorder_that_waits_too_long_is_surfaced_and_closed_when_it_is_over(tmp_path: Path) -> None:
    scenario = quiet_day(tmp_path, order("10:05", (CUP, 5)), stock={CUP: {"LDS": 5}}, phases={"settle": "5d"})
    take_away = "10h5m100ms", lambda world: world.systems["wms"].adjust("LDS", CUP, -5)
    made = run(scenario, prepare=happening(take_away, receives("90h", "BHM", CUP, 5)))
    (opened,) = facts(made, "exception.opened")
    assert (opened.data["cause"], opened.order) == ("backordered", "W-000001")
    assert opened.at_us - facts(made, "order.accepted")[0].at_us == pytest.approx(72 * 3_600_000_000, rel=0.01)
    assert len(facts(made, "exception.closed")) == 1
    assert complaints(made) == []


@pytest.mark.parametrize(("first", "served"), [("oldest", ["W-000001"]), ("most_valuable", ["W-000002"])])
def test_who_gets_what_comes_in_is_a_rule(first: Any, served: list[str], tmp_path: Path) -> None:
    scenario = quiet_day(
        tmp_path,
        order("10:05", (CUP, 3)),
        order("10:05:05", (CUP, 4)),
        stock={CUP: {"LDS": 7}},
    )
    take_away = "10h5m100ms", lambda world: world.systems["wms"].adjust("LDS", CUP, -7)
    prepare = happening(take_away, receives("20:30", "BHM", CUP, 3 if first == "oldest" else 4))
    made = run(scenario, prepare=prepare, design=rules(first=first))
    assert [fact.order for fact in facts(made, "outbound.shipped")] == served


@pytest.mark.parametrize("crash_at", ["10:06:01", "12:00", "20:29:59", "20:30:01"])
def test_a_restarted_core_knows_who_waits(crash_at: str, tmp_path: Path) -> None:
    scenario = quiet_day(tmp_path, order("10:05", (CUP, 8)), stock={CUP: {"LDS": 8}})
    take_away = "10h5m100ms", lambda world: world.systems["wms"].adjust("LDS", CUP, -6)
    prepare = happening(take_away, crashes(crash_at), receives("20:30", "BHM", CUP, 6))
    made = run(scenario, prepare=prepare)
    assert complaints(made) == []


def test_the_rest_that_waits_can_still_be_taken_out(tmp_path: Path) -> None:
    scenario = quiet_day(tmp_path, order("10:05", (CUP, 8)), stock={CUP: {"LDS": 8}})
    take_away = "10h5m100ms", lambda world: world.systems["wms"].adjust("LDS", CUP, -6)
    prepare = happening(take_away, cancels("14:00"), edits("15:00", (1, 2)))
    made = run(scenario, prepare=prepare)
    assert complaints(made) == []
    assert len(facts(made, "cancellation.refused")) == len(facts(made, "order.edited")) == 1
    assert told(made, "W-000001")[-2:] == ["invoiced", "delivered"]


def test_nothing_found_anywhere_ends_as_a_backorder(tmp_path: Path) -> None:
    stock = {CUP: {"LDS": 1, "BHM": 1}}
    made = run(quiet_day(tmp_path, order("10:05", (CUP, 1)), stock=stock, systems=SHORT, phases={"settle": "4d"}))
    assert len(facts(made, "outbound.cancelled")) == 2
    assert {fact.data["reason"] for fact in facts(made, "outbound.cancelled")} == {"short-pick"}
    assert told(made, "W-000001")[-1] == "backordered"
    assert len(facts(made, "exception.opened")) == 1


def test_a_substitute_is_sent_where_both_sides_allow_it(tmp_path: Path) -> None:
    demand = {"substitutes": {"items": "100%", "orders": "100%"}}
    lying = {"LDS": 50}
    stock = {"SKU-0001": {"LDS": 10}, "SKU-0002": lying, "SKU-0003": lying, "SKU-0004": lying}
    take_away = "10h5m100ms", lambda world: world.systems["wms"].adjust("LDS", CUP, -6)
    scenario = quiet_day(tmp_path, order("10:05", (CUP, 10)), demand=demand, stock=stock)
    made = run(scenario, prepare=happening(take_away))
    assert complaints(made) == []
    (edited,) = facts(made, "order.edited")
    assert (edited.data["by"], [line["quantity"] for line in edited.data["lines"]]) == ("core", [4, 6])
    assert {line["price_minor"] for line in edited.data["lines"]} == {edited.data["lines"][0]["price_minor"]}
    assert not facts(made, "exception.opened")
    forbidden = run(scenario, prepare=happening(take_away), design=rules("other_site", "backorder"))
    assert not facts(forbidden, "order.edited")


@pytest.mark.parametrize("after_ms", one_in(3, range(600, 1800, 100)))
def test_a_crash_while_substituting_makes_no_second_line(after_ms: int, tmp_path: Path) -> None:
    lying = {"LDS": 50}
    stock = {"SKU-0001": {"LDS": 10}, "SKU-0002": lying, "SKU-0003": lying, "SKU-0004": lying}
    take_away = "10h5m100ms", lambda world: world.systems["wms"].adjust("LDS", CUP, -6)
    demand = {"substitutes": {"items": "100%", "orders": "100%"}}
    scenario = quiet_day(tmp_path, order("10:05", (CUP, 10)), demand=demand, stock=stock)
    made = run(scenario, prepare=happening(take_away, crashes(f"10h5m{after_ms}ms", 5_000_000)))
    assert complaints(made) == []
    assert len(facts(made, "order.edited")) == len(facts(made, "sales_order.changed")) == 1


def test_without_the_rule_no_other_site_is_asked_until_goods_come(tmp_path: Path) -> None:
    scenario = quiet_day(tmp_path, order("10:05", (CUP, 30)), stock=MANY, systems=SHORT)
    made = run(scenario, design=rules("backorder"))
    assert len(facts(made, "outbound.received")) == 1
    elsewhere = run(scenario)
    assert len(facts(elsewhere, "outbound.received")) > 1
    assert len({fact.data["site"] for fact in facts(elsewhere, "outbound.received")}) > 1


@pytest.mark.parametrize("fault", one_in(2, ["lost_reply", "lost_request"]))
@pytest.mark.parametrize("system", ["commerce", "erp", "wms"])
def test_lost_calls_do_no_harm(system: str, fault: str, tmp_path: Path) -> None:
    lost = {fault: {"system": system, "share": "25%", "reset": True}}
    made = run(small_scenario(tmp_path, [lost], demand=BUSY, systems={"wms": {"short_picks": "20%"}}))
    assert complaints(made) == []


def test_lost_news_of_short_picks_is_found_by_asking(tmp_path: Path) -> None:
    faults = [
        {"webhook_lost": {"system": "wms", "topic": topic}}
        for topic in ("short_pick.reported", "outbound.packed", "stock.moved")
    ]
    made = run(small_scenario(tmp_path, faults, demand=BUSY, systems={"wms": {"short_picks": "20%"}}))
    assert complaints(made) == []
