"""An order over several warehouses stays one commercial order; its invoices are parts that sum up to it."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.runs.final_books import complaints, facts, told
from tests.sandbox.runs.one_order import CUP, order, quiet_day
from tests.sandbox.runs.small_runs import run, violated


def test_1200_units_over_three_warehouses(tmp_path: Path) -> None:
    stock = {CUP: {"LDS": 520, "BHM": 400, "RDG": 330}}
    made = run(quiet_day(tmp_path, order("10:05", (CUP, 1200)), stock=stock))
    assert complaints(made) == []
    assert violated(made) == []
    (entered,) = facts(made, "sales_order.created")
    shipped = facts(made, "outbound.shipped")
    assert {(fact.data["site"], fact.data["lines"][0]["quantity"]) for fact in shipped} == {
        ("LDS", 520), ("BHM", 400), ("RDG", 280),
    }  # fmt: skip
    invoices = facts(made, "invoice.posted")
    assert len(invoices) == 3
    assert sum(fact.data["total_minor"] for fact in invoices) == entered.data["total_minor"]
    assert told(made, "W-000001") == ["accepted", "released", "partially_shipped", "shipped", "invoiced", "delivered"]
