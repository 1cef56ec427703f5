"""Shoppers change their minds at any moment; the books of all systems agree in the end, whatever came in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.campaign_cases import one_in
from tests.sandbox.runs.final_books import complaints, facts, told
from tests.sandbox.runs.one_order import CUP, JAR, cancels, crashes, edits, happening, order, quiet_day
from tests.sandbox.runs.small_runs import run, small_scenario

LEEDS = {"name": "Ada", "country": "GB", "postcode": "LS9 9ZZ"}
BUSY = {"orders_per_day": 60, "skus": 8, "customers": 6, "changes": {"cancel": "30%", "edit": "30%", "within": "20m"}}

# Of an order that is cancelled in the evening, the waves of the next day would tell if it lived on.
NEXT_DAY = {"settle": "1d"}


def kinds(made: Any) -> list[str]:
    return [
        fact.kind for fact in facts(made, "order.cancelled", "cancellation.refused", "order.edited", "edit.refused")
    ]


@pytest.mark.parametrize("at", ["22h50ms", "22h200ms", "22h400ms", "22h700ms", "22h1s", "22:30", "23:59"])
def test_before_the_wave_a_cancellation_is_granted(at: str, tmp_path: Path) -> None:
    # The order is placed after the last wave: it may be anywhere between the shop and the floor by then.
    scenario = quiet_day(tmp_path, order("22:00", (CUP, 12), (JAR, 1)), phases=NEXT_DAY)
    made = run(scenario, prepare=happening(cancels(at)))
    assert complaints(made) == []
    assert kinds(made) == ["order.cancelled"]
    assert facts(made, "payment.voided")
    assert len(facts(made, "sales_order.created")) == len(facts(made, "sales_order.cancelled"))


@pytest.mark.parametrize("at", ["10:16", "10:30", "10:59"])
def test_after_the_wave_it_is_refused_and_the_shop_learns_it(at: str, tmp_path: Path) -> None:
    made = run(quiet_day(tmp_path, order("10:05", (CUP, 3))), prepare=happening(cancels(at)))
    assert complaints(made) == []
    assert kinds(made) == ["cancellation.refused"]
    assert facts(made, "cancellation.refused")[0].at_us - facts(made, "cancellation.requested")[0].at_us < 60_000_000


def test_after_the_goods_have_left_the_shop_says_so_itself(tmp_path: Path) -> None:
    made = run(
        quiet_day(tmp_path, order("10:05", (CUP, 3))),
        prepare=happening(cancels("10:16"), cancels("15:00", answers=409), edits("15:00", (1, 1), answers=409)),
    )
    assert complaints(made) == []


def test_a_lost_webhook_is_made_good_by_the_list(tmp_path: Path) -> None:
    lost = {"webhook_lost": {"system": "commerce", "topic": "order.cancellation_requested"}}
    scenario = quiet_day(tmp_path, order("22:00", (CUP, 3)), faults=[lost], phases=NEXT_DAY)
    made = run(scenario, prepare=happening(cancels("22:30")))
    assert made.faults.fired()["F1"] == 1
    assert complaints(made) == []
    assert kinds(made) == ["order.cancelled"]


def test_a_request_may_come_before_its_order(tmp_path: Path) -> None:
    late = {"webhook_lost": {"system": "commerce", "topic": "order.created"}}
    down = {"outage": {"system": "erp", "at": "21:00", "for": "2h"}}
    scenario = quiet_day(tmp_path, order("22:00:01", (CUP, 3)), faults=[late, down], phases=NEXT_DAY)
    made = run(scenario, prepare=happening(cancels("22:00:02")))
    assert complaints(made) == []
    assert kinds(made) == ["order.cancelled"]
    assert not facts(made, "sales_order.created"), "it was stopped before it reached the ERP"


@pytest.mark.parametrize(
    ("system", "operation"), [("erp", "createSalesOrder"), ("wms", "reserve"), ("wms", "releaseOutbound")]
)
def test_what_was_done_unheard_is_found_and_taken_back(system: str, operation: str, tmp_path: Path) -> None:
    # Each of these calls takes effect and its reply is lost, for an hour: nobody knows what is there.
    lost = {"lost_reply": {"system": system, "operation": operation, "at": "22:00", "for": "1h", "reset": True}}
    scenario = quiet_day(tmp_path, order("22:01", (CUP, 12)), faults=[lost], phases=NEXT_DAY)
    made = run(scenario, prepare=happening(cancels("22:05")))
    assert complaints(made) == []
    assert kinds(made) == ["order.cancelled"]
    assert facts(made, "sales_order.created")


def test_an_order_on_hold_is_cancelled_in_the_erp(tmp_path: Path) -> None:
    demand = {"orders_per_day": 30, "skus": 8, "customers": 6, "account_share": 1.0}
    demand |= {"opening": {"tight_credit_share": 1.0}, "changes": {"cancel": "100%", "within": "1m"}}
    made = run(small_scenario(tmp_path, demand=demand))
    held = {fact.order for fact in facts(made, "sales_order.held")}
    assert held & {fact.order for fact in facts(made, "sales_order.cancelled")}
    assert complaints(made) == []


# Half of the order lies at each site; the second cancellation comes after the wave of 10:15.
SPLIT = order("10:05", (CUP, 15))
STRADDLING: dict[str, Any] = {
    "slow": {"system": "wms", "operation": "cancelOutbound", "by": "10s", "at": "10:10", "for": "10m"}
}


@pytest.mark.parametrize("ask", [cancels("10:14:55"), edits("10:14:55", (1, 3)), edits("10:14:55", ship_to=LEEDS)])
def test_where_one_site_refuses_the_other_gets_its_part_back(ask: Any, tmp_path: Path) -> None:
    made = run(quiet_day(tmp_path, SPLIT, faults=[STRADDLING]), prepare=happening(ask))
    assert complaints(made) == []
    assert kinds(made) in (["cancellation.refused"], ["edit.refused"])
    assert len(facts(made, "outbound.cancelled")) == len(facts(made, "outbound.cancel_refused")) == 1
    received = {fact.entity: fact for fact in facts(made, "outbound.received")}
    taken, restored = received[facts(made, "outbound.cancelled")[0].entity], list(received.values())[-1]
    assert restored.entity != taken.entity
    assert restored.data["lines"] == taken.data["lines"]
    assert len({fact.entity for fact in facts(made, "outbound.shipped")}) == 2
    assert told(made, "W-000001")[-2:] == ["invoiced", "delivered"]


@pytest.mark.parametrize("second", one_in(3, range(0, 40, 4)))
def test_a_crash_in_the_middle_of_taking_back_and_restoring_changes_nothing(second: int, tmp_path: Path) -> None:
    crash = crashes(f"10:1{4 + (55 + second) // 60}:{(55 + second) % 60:02}", 1_000_000)
    made = run(quiet_day(tmp_path, SPLIT, faults=[STRADDLING]), prepare=happening(cancels("10:14:55"), crash))
    assert complaints(made) == []
    assert len(kinds(made)) == 1


@pytest.mark.parametrize("asked", ["10:06", "22:30"])
def test_an_edit_is_shipped_billed_and_captured_as_it_stands_then(asked: str, tmp_path: Path) -> None:
    placed = "10:05" if asked == "10:06" else "22:00"
    made = run(
        quiet_day(tmp_path, order(placed, (CUP, 12), (JAR, 4))),
        prepare=happening(edits(asked, (1, 5), (2, 0), ship_to=LEEDS)),
    )
    assert complaints(made) == []
    assert kinds(made) == ["order.edited"]
    (shipped,) = facts(made, "outbound.shipped")
    assert [(line["line"], line["quantity"]) for line in shipped.data["lines"]] == [(1, 5)]
    assert facts(made, "outbound.received")[-1].data["ship_to"] == LEEDS
    assert facts(made, "sales_order.changed")[0].data["ship_to"] == LEEDS
    assert len(facts(made, "payment.reduced")) == 1


def test_an_edit_and_then_a_cancellation(tmp_path: Path) -> None:
    made = run(
        quiet_day(tmp_path, order("22:00", (CUP, 12)), phases=NEXT_DAY),
        prepare=happening(
            edits("22:10", (1, 5)), edits("22:10", (1, 5), answers=200), edits("22:20", (1, 2)), cancels("22:30")
        ),
    )
    assert complaints(made) == []
    assert kinds(made) == ["order.edited", "order.edited", "order.cancelled"]


@pytest.mark.parametrize("system", ["commerce", "erp", "wms"])
@pytest.mark.parametrize("fault", one_in(2, ["lost_reply", "lost_request"]))
def test_lost_calls_do_no_harm(system: str, fault: str, tmp_path: Path) -> None:
    lost = {fault: {"system": system, "share": "25%", "reset": True}}
    made = run(small_scenario(tmp_path, [lost], demand=BUSY))
    assert made.faults.fired()["F1"] > 0
    assert complaints(made) == []
    assert len(set(kinds(made))) == 4, "every answer was given"


@pytest.mark.parametrize("system", ["commerce", "erp", "wms"])
def test_an_outage_delays_the_answer_and_nothing_else(system: str, tmp_path: Path) -> None:
    down = {"outage": {"system": system, "at": "10:00", "for": "2h"}}
    made = run(small_scenario(tmp_path, [down], demand=BUSY))
    assert complaints(made) == []


@pytest.mark.parametrize("seed", one_in(2, range(1, 5)))
def test_doubled_late_and_lost_webhooks_do_no_harm(seed: int, tmp_path: Path) -> None:
    faults = [
        {"webhook_doubled": {"system": "commerce", "share": "50%", "after": "30s"}},
        {"webhook_reordered": {"system": "commerce", "share": "50%", "within": "10m"}},
        {"webhook_lost": {"system": "commerce", "share": "20%"}},
    ]
    assert complaints(run(small_scenario(tmp_path, faults, demand=BUSY), seed=seed)) == []


@pytest.mark.parametrize("kind", ["malformed", "partial"])
def test_who_can_not_read_the_confirmation_comes_back_before_wanting_a_change(kind: str, tmp_path: Path) -> None:
    broken = {kind: {"system": "commerce", "share": "30%"}}
    made = run(small_scenario(tmp_path, [broken], demand=BUSY | {"orders_per_day": 20}))
    assert facts(made, "order.edited", "edit.refused")
    assert complaints(made) == []
