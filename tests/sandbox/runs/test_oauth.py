"""A core whose tokens run out: it asks for others in time, and when one is taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_systems.kit.physics import HOUR
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.world import Fidelity
from tests.sandbox.runs.small_runs import run, small_scenario, violated

SYSTEMS = ("commerce", "erp", "wms", "carrier", "desk")
OAUTH = {name: {"oauth": {"token_lasts": "20m"}} for name in SYSTEMS}


def _asked(made: VirtualRun) -> dict[str, int]:
    return {name: system.door.by_operation.get("giveToken", 0) for name, system in made.estate.items()}


@pytest.mark.parametrize("fidelity", ["direct", "wire"])
def test_a_days_orders_are_carried_out_with_tokens_of_twenty_minutes(tmp_path: Path, fidelity: Fidelity) -> None:
    made = run(small_scenario(tmp_path, [], systems=OAUTH), fidelity=fidelity)
    assert violated(made) == []
    assert made.tallies.unfinished == 0
    assert all(system.door.denied == 0 for system in made.estate.values()), "renewed in time, none is refused"
    hours = (made.end_us - made.start_us) // HOUR
    # Those that are called all the time renew each 18 minutes; none asks for each call.
    assert 2 * hours <= _asked(made)["commerce"] <= 4 * hours
    assert all(_asked(made)[name] for name in ("commerce", "erp", "wms", "carrier"))


def test_a_token_that_is_taken_back_is_renewed_at_the_first_refusal(tmp_path: Path) -> None:
    def prepare(world: Any) -> None:
        for hour in range(8, 20, 3):
            world.at(world.now_us + hour * HOUR, lambda: [_revoke(system) for system in world.systems.values()])

    made = run(small_scenario(tmp_path, [], systems=OAUTH), prepare=prepare)
    assert violated(made) == []
    assert made.tallies.unfinished == 0
    assert sum(system.door.denied for system in made.estate.values()) >= 4


def _revoke(system: Any) -> None:
    system.door.access(system.name).revoke("sync-core")
