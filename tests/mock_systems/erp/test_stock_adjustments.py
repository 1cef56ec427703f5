"""Stock adjustments: posted at cost, as often as asked for, large variances only with somebody who answers for them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock_systems.erp.caller import Caller

LOSS = {"site": "LDS", "sku": "MUG", "quantity": -3, "reason": "adjust", "reference": "LDS/MUG/1"}


def accounts(caller: Caller) -> dict[str, tuple[int, int]]:
    """Debits and credits of each account."""
    rows = caller.get("/trial-balance")["accounts"]
    return {row["account"]: (row["debit_minor"], row["credit_minor"]) for row in rows}


def test_a_loss_leaves_stock_and_value_and_a_gain_brings_them_back() -> None:
    caller = Caller()
    posted = caller.post("/stock-adjustments", LOSS, key="a")
    assert caller.post("/stock-adjustments", LOSS, key="a") == posted
    assert posted["cost_minor"] == -750
    assert accounts(caller)["inventory_variance"] == (750, 0)
    caller.post("/stock-adjustments", {**LOSS, "quantity": 3, "reference": "LDS/MUG/2"})
    assert accounts(caller)["inventory_variance"] == (750, 750)
    stock = {(x["site"], x["sku"]): x["quantity"] for x in caller.get("/stock")["items"]}
    assert stock["LDS", "MUG"] == 100
    found = caller.get("/stock-adjustments", reference="LDS/MUG/1")["items"]
    assert found == [posted]
    assert caller.get(f"/stock-adjustments/{posted['stock_adjustment']}") == posted


def test_without_its_key_it_is_booked_twice() -> None:
    caller = Caller()
    for _ in range(2):
        caller.post("/stock-adjustments", LOSS)
    assert len(caller.facts("stock_adjustment.posted")) == 2


def test_a_large_variance_of_a_count_needs_somebody_who_answers_for_it() -> None:
    caller = Caller()
    large = {**LOSS, "sku": "JAR", "quantity": -56, "reason": "count", "reference": "CNT-1"}
    refused = caller.call("POST", "/stock-adjustments", large)
    assert (refused.status, refused.body["type"]) == (409, "urn:problem:approval-required")
    assert (refused.body["cost_minor"], refused.body["limit_minor"]) == (-56 * 901, 50_000)
    assert caller.facts("stock_adjustment.posted") == []
    assert caller.post("/stock-adjustments", {**large, "approved_by": "EXC-1"})["cost_minor"] == -56 * 901
    assert caller.post("/stock-adjustments", {**large, "reason": "adjust"})["quantity"] == -56


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"site": "XXX"}, "unknown-site"), ({"sku": "PEN"}, "unknown-item"), ({"quantity": 0}, "nothing-to-adjust")],
)
def test_an_adjustment_of_nothing_known_is_refused(wrong: dict[str, Any], code: str) -> None:
    reply = Caller().call("POST", "/stock-adjustments", {**LOSS, **wrong})
    assert (reply.status, reply.body["type"]) == (422, f"urn:problem:{code}")
