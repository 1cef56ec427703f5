"""The core loses its power between any two of its steps, comes back, and nobody can tell from the books."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.worlds.virtual.world import VirtualWorld
from tests.campaign_cases import one_in
from tests.sandbox.runs.small_runs import run, small_scenario, violated

MINUTE = 60_000_000
DEMAND = {"orders_per_day": 12, "skus": 6, "customers": 4, "account_share": 0.3}
CRASHES = 24


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many steps the core takes until its orders have left, in a run without a crash."""
    counted: list[int] = []

    def count(world: VirtualWorld) -> None:
        def look() -> None:
            assert world.core is not None
            counted.append(world.core.loop.steps)

        world.at(world.now_us + 20 * 60 * MINUTE, look)

    scenario = small_scenario(tmp_path_factory.mktemp("steps"), demand=DEMAND)
    assert violated(run(scenario, prepare=count)) == []
    return counted[0]


@pytest.mark.parametrize("part", one_in(3, range(CRASHES)))
def test_a_power_cut_after_any_step_breaks_nothing(part: int, steps: int, tmp_path: Path) -> None:
    step = 1 + (steps - 1) * part // CRASHES + part * 7 % 13
    crashed: list[int] = []

    def prepare(world: VirtualWorld) -> None:
        def arm() -> None:
            assert world.core is not None
            world.crash_core_at_step(step, MINUTE)
            crashed.append(step)

        world.at(world.now_us + 1, arm)

    made = run(small_scenario(tmp_path, demand=DEMAND), prepare=prepare)
    assert crashed
    assert made.world is not None
    assert made.world.counters["core.crashed"] == 1
    assert violated(made) == []
