"""The core loses its power at any step while orders are changed and picked short; the books agree all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sandbox.worlds.virtual.world import VirtualWorld
from tests.campaign_cases import one_in
from tests.sandbox.runs.final_books import complaints, facts
from tests.sandbox.runs.small_runs import run, small_scenario

MINUTE = 60_000_000
DEMAND = {
    "orders_per_day": 24,
    "skus": 6,
    "customers": 4,
    "account_share": 0.3,
    "changes": {"cancel": "40%", "edit": "40%", "within": "14m"},
    "substitutes": {"items": "60%", "orders": "80%"},
    "opening": {"cover": 1.3, "two_site_share": 0.0},
}
SYSTEMS = {"wms": {"short_picks": "15%"}}
CRASHES = 20


def scenario(folder: Path) -> Any:
    return small_scenario(folder, demand=DEMAND, systems=SYSTEMS)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps the core takes on that day, in a run without a crash."""
    counted: list[int] = []

    def count(world: VirtualWorld) -> None:
        def look() -> None:
            assert world.core is not None
            counted.append(world.core.loop.steps)

        world.at(world.now_us + 20 * 60 * MINUTE, look)

    made = run(scenario(tmp_path_factory.mktemp("steps")), prepare=count)
    assert complaints(made) == []
    for kind in ("order.cancelled", "cancellation.refused", "order.edited", "edit.refused", "short_pick.reported"):
        assert facts(made, kind), f"{kind} has to happen, or nothing is tried here"
    return counted[0]


@pytest.mark.parametrize("part", one_in(3, range(CRASHES)))
def test_a_power_cut_after_any_step_breaks_nothing(part: int, steps: int, tmp_path: Path) -> None:
    step = 1 + (steps - 1) * part // CRASHES + part * 7 % 13

    def prepare(world: VirtualWorld) -> None:
        world.at(world.now_us + 1, lambda: world.crash_core_at_step(step, MINUTE))

    made = run(scenario(tmp_path), prepare=prepare)
    assert made.world is not None
    assert made.world.counters["core.crashed"] == 1
    assert complaints(made) == []
