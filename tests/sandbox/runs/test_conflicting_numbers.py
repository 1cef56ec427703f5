"""Two orders that a system gives one number: the second stands still and is told, the others go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.systems.erp import ErpApi
from sandbox.runs.virtual_run import VirtualRun
from tests.sandbox.runs.small_runs import books, run, small_scenario


def test_a_number_that_is_anothers_stops_one_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter, first = ErpApi.create_sales_order, []

    async def numbered_alike(self: ErpApi, order: Any, *more: Any) -> Any:
        entered = await enter(self, order, *more)
        first.append(entered.sales_order)
        return replace(entered, sales_order=first[0]) if order.order == "W-000003" else entered

    scenario = small_scenario(tmp_path, demand={"orders_per_day": 12, "skus": 6, "customers": 4})
    usual = shipped_in(run(scenario))
    monkeypatch.setattr(ErpApi, "create_sales_order", numbered_alike)
    made = run(scenario)
    told = [fact for fact in books(made)["desk"] if fact.kind == "exception.opened"]
    assert ("identity-conflict", "W-000003") in {(fact.data["cause"], fact.order) for fact in told}
    assert usual - shipped_in(made) == {"W-000003"}


def shipped_in(made: VirtualRun) -> set[str | None]:
    return {fact.order for fact in books(made)["wms"] if fact.kind == "outbound.shipped"}
