"""A system keeps the answer to an idempotency key for a day: what is repeated later is done once all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.sandbox.runs.small_runs import books, run, small_scenario, violated

_LOST = {"lost_reply": {"system": "erp", "operation": "createSalesOrder", "at": "10:00", "for": "30m"}}
_AWAY = {"outage": {"system": "erp", "at": "10:30", "for": "30h"}}


def _renamed(operation: str, old: str, new: str) -> dict[str, Any]:
    edit = {"side": "answer", "operation": operation, "do": "move", "path": old, "value": new}
    return {"contract_change": {"system": "erp", "stays": True, "edits": [edit]}}


def sales_orders_of(made: Any) -> list[str | None]:
    return [fact.order for fact in books(made)["erp"] if fact.kind == "sales_order.created"]


def test_an_order_whose_reply_was_lost_two_days_ago_is_looked_for(tmp_path: Path) -> None:
    made = run(
        small_scenario(tmp_path, [_LOST, _AWAY], world={"start": "2011-11-14", "days": 2}, phases={"settle": "3d"})
    )
    entered = sales_orders_of(made)
    assert len(entered) == len(set(entered)) > 0
    assert "I2" not in violated(made)


def test_an_answer_that_cannot_be_read_is_no_reason_to_ask_again(tmp_path: Path) -> None:
    change = _renamed("POST /sales-orders", "sales_order", "order_number")
    made = run(small_scenario(tmp_path, [change], phases={"settle": "3d"}))
    entered = sales_orders_of(made)
    assert len(entered) == len(set(entered)) == made.tallies.accepted
    assert made.estate["erp"].door.by_operation["createSalesOrder"] < 2 * len(entered)
    assert violated(made) == []
