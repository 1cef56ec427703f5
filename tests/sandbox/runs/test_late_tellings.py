"""What the shop was told may reach it late, when nobody waits for the answer any more: nothing newer overtakes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.design import Design
from tests.sandbox.runs.small_runs import run, small_scenario, violated

LATE = {
    "late_commit": {
        "system": "commerce", "operation": "tellStatus", "from": "09:00", "to": "15:00", "share": 0.6, "by": "1m30s",
    }
}  # fmt: skip


def _without_keys(design: Design) -> Design:
    policy = design.call_policy("commerce")
    return replace(design, calls={**design.calls, "commerce": replace(policy, honours_keys=False)})


@pytest.mark.parametrize("honours_keys", [True, False])
def test_a_status_that_comes_late_is_not_overtaken(tmp_path: Path, honours_keys: bool) -> None:
    systems: dict[str, Any] = {} if honours_keys else {"commerce": {"honours_keys": False}}
    scenario = small_scenario(tmp_path, [LATE], systems=systems)
    made = run(scenario, seed=4, design=None if honours_keys else _without_keys)
    assert made.faults.fired()["F1"] > 50
    assert violated(made) == []
    assert made.tallies.unfinished == 0
