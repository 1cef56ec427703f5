"""A warehouse that shows its stock no longer: it is asked again, and not again and again."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.runs.small_runs import run, small_scenario


def test_a_refused_snapshot_is_asked_for_once_a_minute_at_most(tmp_path: Path) -> None:
    edit = {"side": "request", "operation": "GET /stock", "do": "refuse_missing", "path": "query site", "reply": 400}
    change = {"contract_change": {"system": "wms", "stays": True, "edits": [edit]}}
    demand = {"orders_per_day": 3, "skus": 4, "customers": 2}
    made = run(small_scenario(tmp_path, [change], demand=demand))
    refused = sum(done for (operation, _), done in made.faults.contract_changes["F1"].done.items())
    assert 60 < refused <= (made.end_us - made.start_us) / 60_000_000 + 10
