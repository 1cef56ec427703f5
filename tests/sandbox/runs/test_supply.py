"""Goods come in, are counted and adjusted, while faults strike: at the end ERP and warehouse hold the same stock."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.world import VirtualWorld
from tests.campaign_cases import one_in
from tests.sandbox.runs.small_runs import books, run, small_scenario, violated
from tests.sandbox.runs.test_guards import safety

MINUTE = 60_000_000
SUPPLIERS = {
    "lead_days": 1,
    "lead_spread_days": 0.5,
    "over_share": "20%",
    "under_share": "20%",
    "mispacked_share": "20%",
    "damaged_share": "20%",
    "late_notice_share": "30%",
}
SUPPLY: dict[str, Any] = {
    "world": {"start": "2011-11-14", "days": 3},
    "phases": {"settle": "4d"},
    "systems": {"erp": {"replenishment": SUPPLIERS}, "wms": {"counts_per_day": 12, "count_errors": "40%"}},
}


def weather() -> list[dict[str, Any]]:
    """Lost replies and requests, webhooks lost and doubled, an outage and crashes."""
    long = {"at": "1:00", "for": "60h"}
    return [
        {"lost_reply": {"system": "erp", "share": "10%", **long}},
        {"lost_reply": {"system": "wms", "share": "10%", **long}},
        {"lost_request": {"system": "erp", "share": "5%", **long}},
        {"webhook_lost": {"system": "erp", "share": "50%", **long}},
        {"webhook_lost": {"system": "wms", "share": "50%", **long}},
        {"webhook_doubled": {"system": "erp", "share": "50%", **long}},
        {"webhook_doubled": {"system": "wms", "share": "50%", **long}},
        {"outage": {"system": "erp", "at": "1d 14:00", "for": "3h"}},
        {"core_crash": {"at": "1d 12:00", "down_for": "1h"}},
        {"core_crash": {"system": "erp", "operation": "postGoodsReceipt", "occurrence": 2, "down_for": "20s"}},
        {"core_crash": {"system": "erp", "operation": "postStockAdjustment", "occurrence": 3, "down_for": "20s"}},
        {"core_crash": {"system": "wms", "operation": "approveCount", "occurrence": 3, "down_for": "20s"}},
    ]


def differences(made: VirtualRun) -> list[tuple[str, str, int, int]]:
    """Site, item, and the two stocks where warehouse and ERP differ."""
    erp = made.estate["erp"].books.stock
    return [
        (row.site, row.sku, row.on_hand, erp.quantity(row.site, row.sku))
        for row in made.estate["wms"].books.balances
        if row.on_hand != erp.quantity(row.site, row.sku)
    ]


def count_of(made: VirtualRun, system: str, kind: str) -> int:
    """How many facts of a kind there are."""
    return sum(fact.kind == kind for fact in books(made)[system])


def entities(made: VirtualRun, system: str, kind: str, name: str) -> list[str]:
    """What the facts of a kind say under `name`."""
    return [fact.data[name] for fact in books(made)[system] if fact.kind == kind]


def received_of(made: VirtualRun) -> Counter[tuple[str, int]]:
    """What warehouses received, by inbound order and line."""
    received: Counter[tuple[str, int]] = Counter()
    for fact in books(made)["wms"]:
        if fact.kind == "inbound.received":
            received.update({(fact.entity, line["line"]): line["quantity"] for line in fact.data["lines"]})
    return +received


def posted_of(made: VirtualRun) -> Counter[tuple[str, int]]:
    """What goods receipts posted of it."""
    posted: Counter[tuple[str, int]] = Counter()
    for fact in books(made)["erp"]:
        if fact.kind == "goods_receipt.posted":
            posted.update({(fact.data["receipt"], line["line"]): line["quantity"] for line in fact.data["lines"]})
    return posted


def test_what_comes_in_is_announced_received_posted_and_closed(tmp_path: Path) -> None:
    made = run(small_scenario(tmp_path, **SUPPLY))
    assert violated(made) == []
    assert differences(made) == []
    announced = entities(made, "wms", "inbound.announced", "asn")
    assert sorted(announced) == sorted(f.entity for f in books(made)["erp"] if f.kind == "asn.sent")
    assert len(set(entities(made, "erp", "goods_receipt.posted", "receipt"))) > 10
    assert posted_of(made) == received_of(made)
    assert count_of(made, "erp", "purchase_order.changed") > 0, "over-deliveries were to be amended"
    assert "over-receipt" in entities(made, "desk", "exception.opened", "cause")
    assert {"received", "short"} <= set(entities(made, "erp", "purchase_order.closed", "reason"))


@pytest.mark.parametrize("seed", one_in(2, [1, 2, 3]))
def test_faults_of_all_kinds_leave_both_stocks_equal(seed: int, tmp_path: Path) -> None:
    made = run(small_scenario(tmp_path, weather(), **SUPPLY), seed=seed)
    assert violated(made) == []
    assert differences(made) == []
    posted = [f.data["reference"] for f in books(made)["erp"] if f.kind == "stock_adjustment.posted"]
    assert len(set(posted)) == len(posted) > 20
    assert posted_of(made) == received_of(made)


def test_without_keys_the_stocks_part(tmp_path: Path) -> None:
    made = run(small_scenario(tmp_path, weather(), **SUPPLY), design=safety(idempotency_keys=False))
    assert differences(made)


@pytest.mark.parametrize("part", one_in(3, range(6)))
def test_a_power_cut_at_any_step_loses_no_receipt_and_no_count(part: int, tmp_path: Path) -> None:
    """The cuts lie in the hours in which trucks are unloaded and items counted."""

    def prepare(world: VirtualWorld) -> None:
        def cut() -> None:
            assert world.core is not None
            world.crash_core_at_step(world.core.loop.steps + 1 + 37 * part, MINUTE)

        for hour in (10, 32, 34, 58):
            world.at(world.now_us + (hour * 60 + part * 7) * MINUTE, cut)

    made = run(small_scenario(tmp_path, **SUPPLY), prepare=prepare)
    assert made.world is not None
    assert made.world.counters["core.crashed"] >= 3
    assert violated(made) == []
    assert differences(made) == []


def test_an_adjustment_of_the_warehouse_reaches_the_erp_once(tmp_path: Path) -> None:
    lost = [{"webhook_lost": {"system": "wms", "topic": "stock.moved", "at": "1:00", "for": "20h"}}]

    def prepare(world: VirtualWorld) -> None:
        def adjust() -> None:
            row = next(row for row in wms.books.balances if row.available > 3)
            wms.adjust(row.site, row.sku, -3)

        wms: Any = world.systems["wms"]
        world.at(world.now_us + 9 * 60 * MINUTE, adjust)

    made = run(small_scenario(tmp_path, lost), prepare=prepare)
    assert [f.data["quantity"] for f in books(made)["erp"] if f.kind == "stock_adjustment.posted"] == [-3]
    assert differences(made) == []


def test_a_large_variance_is_decided_by_a_clerk_before_it_is_booked(tmp_path: Path) -> None:
    dear = {**SUPPLY, "demand": {"orders_per_day": 40, "skus": 6, "customers": 4, "quantity": 40}}
    made = run(small_scenario(tmp_path, **dear), seed=2)
    asked = [f.entity for f in books(made)["desk"] if f.data.get("cause") == "variance-approval"]
    decided = {f.entity: f.data["decision"] for f in books(made)["desk"] if f.kind == "exception.decided"}
    assert len(asked) > 1
    assert set(asked) >= set(decided)
    assert count_of(made, "wms", "count.rejected") == list(decided.values()).count("rejected")
    assert violated(made) == []
    assert differences(made) == []


def test_flows_that_are_not_in_use_cost_a_few_calls_a_day(tmp_path: Path) -> None:
    asked: dict[str, int] = {}

    def prepare(world: VirtualWorld) -> None:
        for system in world.systems.values():
            system.door.observers.append(hear)

    def hear(now_us: int, system: str, operation: str, order: str | None, outcome: str) -> None:
        asked[operation] = asked.get(operation, 0) + 1

    made = run(small_scenario(tmp_path), prepare=prepare)
    assert made.tallies.accepted > 0
    days = 3
    for operation in ("listShipNotices", "listMovements", "listCounts"):
        assert 0 < asked[operation] <= 25 * days
    assert "listInbound" not in asked
