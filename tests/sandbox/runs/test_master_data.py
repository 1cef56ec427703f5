"""Master data, cases, tax and currencies through the virtual world: with outages, lost replies and crashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.model.item import Item
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import run, small_scenario, violated

DRIFT = {
    "price_changes_per_day": 8,
    "breaking_changes_per_day": 8,
    "new_items_per_day": 2,
    "withdrawn_items_per_day": 2,
    "invalid_rows_per_day": 5,
    "blocked_customers_per_day": 1,
    "credit_limits_per_day": 2,
}
TRADE = {
    "orders_per_day": 40,
    "skus": 12,
    "customers": 8,
    "units": {"case_share": "30%", "pack": 12},
    "tax": {"reduced_share": "30%"},
    "currencies": {"EUR": "30%"},
}
FAULTS: Sequence[dict[str, Any]] = (
    {"outage": {"system": "erp", "at": "10:00", "for": "40m"}},
    {"lost_reply": {"system": "commerce", "operation": "changeItem", "share": "30%"}},
    {"webhook_lost": {"system": "desk", "share": "50%"}},
    {"core_crash": {"at": "12:03", "down_for": "2m"}},
    {"core_crash": {"system": "commerce", "operation": "changeItem", "occurrence": 5, "down_for": "2m"}},
)


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> VirtualRun:
    """A day of drifting master data under faults."""
    folder = tmp_path_factory.mktemp("drift")
    return run(small_scenario(folder, FAULTS, demand=TRADE, systems={"erp": {"master_data": DRIFT}}))


def data_of(made: VirtualRun, system: str, kind: str) -> list[tuple[str, int, Mapping[str, Any]]]:
    """Entity, time and data of the facts of a kind."""
    facts = made.estate[system].ledger.facts
    return [(fact.entity, fact.at_us, fact.data) for fact in facts if fact.kind == kind]


def test_no_invariant_is_violated(drifted: VirtualRun) -> None:
    assert violated(drifted) == []


def test_what_can_not_be_meant_is_never_shown_and_is_surfaced(drifted: VirtualRun) -> None:
    rows = {
        (sku, data["version"]): Item(sku, **{k: v for k, v in data.items() if k != "substitute"})
        for sku, _, data in data_of(drifted, "erp", "item.changed")
    }
    wrong = {key for key, item in rows.items() if list(item.problems())}
    shown = {(sku, data["version"]) for sku, _, data in data_of(drifted, "commerce", "item.changed")}
    assert wrong
    assert shown
    assert not wrong & shown
    assert shown <= set(rows), "the shop shows what the ERP has said, and nothing else"
    surfaced = {data["subject"] for _, _, data in data_of(drifted, "desk", "exception.opened")}
    assert {sku for sku, _ in wrong} & surfaced


def test_a_breaking_change_is_shown_after_its_approval_and_not_before(drifted: VirtualRun) -> None:
    opened = {entity: data for entity, _, data in data_of(drifted, "desk", "exception.opened") if data.get("asks")}
    decided = {
        entity: (at_us, data["decision"]) for entity, at_us, data in data_of(drifted, "desk", "exception.decided")
    }
    assert {decision for _, decision in decided.values()} >= {"approved"}
    shown = {(sku, data["version"]): at_us for sku, at_us, data in data_of(drifted, "commerce", "item.changed")}
    for exception, data in opened.items():
        version = int(data["message"].split(" version ")[1].split(":")[0])
        shown_us = shown.get((data["subject"], version))
        at_us, decision = decided.get(exception, (None, "none"))
        assert (shown_us is not None) is (decision == "approved"), data["message"]
        if shown_us is not None:
            assert at_us is not None
            assert shown_us >= at_us, data["message"]


def test_versions_at_the_shop_only_grow(drifted: VirtualRun) -> None:
    latest: dict[str, int] = {}
    for sku, _, data in data_of(drifted, "commerce", "item.changed"):
        assert data["version"] > latest.get(sku, 0)
        latest[sku] = data["version"]


def test_orders_at_prices_that_the_shop_still_showed_are_not_refused(drifted: VirtualRun) -> None:
    causes = [data["cause"] for _, _, data in data_of(drifted, "desk", "exception.opened")]
    assert "price-below-floor" not in causes


def test_amounts_agree_in_every_currency_to_the_cent(drifted: VirtualRun) -> None:
    orders = {entity: data for entity, _, data in data_of(drifted, "commerce", "order.accepted")}
    assert {data["currency"] for data in orders.values()} == {"GBP", "EUR"}
    lines = [line for data in orders.values() for line in data["lines"]]
    assert any("pack" in line for line in lines)
    assert any(line.get("tax_minor") for line in lines)
    invoiced: dict[str, int] = {}
    for fact in drifted.estate["erp"].ledger.facts:
        if fact.kind == "invoice.posted":
            invoiced[fact.order or ""] = invoiced.get(fact.order or "", 0) + fact.data["total_minor"]
    assert invoiced
    for order, total_minor in invoiced.items():
        assert total_minor == orders[order]["total_minor"]


def test_bytes_and_direct_calls_come_to_the_same_books(tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path, FAULTS, demand=TRADE, systems={"erp": {"master_data": DRIFT}})
    direct, wire = (run(scenario, fidelity=fidelity) for fidelity in ("direct", "wire"))
    for name, system in direct.estate.items():
        assert system.ledger.facts == wire.estate[name].ledger.facts, name
