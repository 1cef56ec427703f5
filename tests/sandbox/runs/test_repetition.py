"""Every shipped scenario repeats exactly from its seed, and bytes and direct calls reach the same books."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.runs.library import scenarios
from sandbox.runs.repetition import TARGET
from sandbox.runs.request import unheard
from sandbox.runs.scenario import load_scenario
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.determinism import fingerprint_elsewhere
from sandbox.worlds.virtual.world import Fidelity
from tests.sandbox.runs.small_runs import books

OTHER_HASH_SEED = 20_111


def _specification(path: Path, fidelity: Fidelity) -> dict[str, object]:
    return {"scenario": str(path), "changes": [None, None, None, None], "seed": 1, "fidelity": fidelity}


# Between them these go through each flow and each kind of fault; `make campaign` repeats the others, too.
REPEATED = (
    "cancel_races", "core_crashes", "erp_outage", "master_data_drift", "month_end", "normal_day", "poison_order",
    "returns_wave", "three_warehouses",
)  # fmt: skip
OTHERS = [pytest.param(name, marks=pytest.mark.campaign) for name in scenarios() if name not in REPEATED]


@pytest.mark.parametrize("name", [*REPEATED, *OTHERS])
def test_a_scenario_repeats_in_another_interpreter_and_wire_reaches_the_same_books(name: str) -> None:
    path = scenarios()[name]
    runs: dict[Fidelity, VirtualRun] = {}
    for fidelity in ("direct", "wire"):
        made = runs[fidelity] = VirtualRun(load_scenario(path), 1, fidelity)
        made.go(unheard)
    _repeats_elsewhere(path, runs["direct"])
    assert books(runs["direct"]) == books(runs["wire"])


def test_real_bytes_repeat_in_another_interpreter() -> None:
    path = scenarios()["normal_day"]
    made = VirtualRun(load_scenario(path), 1, "wire")
    made.go(unheard)
    _repeats_elsewhere(path, made)


def _repeats_elsewhere(path: Path, made: VirtualRun) -> None:
    again = fingerprint_elsewhere(TARGET, _specification(path, made.fidelity), OTHER_HASH_SEED)
    assert made.fingerprint.digest() == again, f"{path.stem} ({made.fidelity}) differs in another interpreter"


def test_another_seed_is_another_run() -> None:
    path = scenarios()["normal_day"]
    first, second = (VirtualRun(load_scenario(path), seed) for seed in (1, 2))
    assert first.demand.orders != second.demand.orders
