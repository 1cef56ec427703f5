"""A warehouse that refuses a reservation for another reason than its stock: people are told, nothing is repeated."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.runs.small_runs import books, run, small_scenario


def test_a_refused_reservation_is_surfaced(tmp_path: Path) -> None:
    edit = {"side": "request", "operation": "POST /reservations", "do": "refuse_unless"}
    edit |= {"path": "lines/[]/quantity", "value": {"maximum": 5}}
    change = {"contract_change": {"system": "wms", "stays": True, "edits": [edit]}}
    made = run(small_scenario(tmp_path, [change], demand={"orders_per_day": 20, "skus": 6, "customers": 4}))
    refused = sum(made.faults.contract_changes["F1"].done.values())
    opened = {fact.order for fact in books(made)["desk"] if fact.kind == "exception.opened"}
    assert 0 < len(opened) <= refused < 20 * len(opened)
