"""Every shipped scenario repeats exactly from its seed, and bytes and direct calls reach the same books."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

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


# In their full size they are repeated by `make campaign`.
SMALLER: dict[str, dict[str, dict[str, object]]] = {
    "core_crashes": {"demand": {"orders_per_day": 130}, "phases": {"settle": "12h"}},
    "master_data_drift": {"demand": {"orders_per_day": 40}, "phases": {"settle": "12h"}},
    "normal_day": {"demand": {"orders_per_day": 80}, "phases": {"settle": "12h"}},
    "returns_wave": {"world": {"days": 6}, "demand": {"orders_per_day": 10}, "phases": {"settle": "8d"}},
    "month_end": {"demand": {"orders_per_day": 60}},
}
QUICK = ("core_crashes", "master_data_drift", "normal_day")


@pytest.mark.campaign
@pytest.mark.parametrize("name", scenarios())
def test_a_scenario_repeats_in_another_interpreter_and_wire_reaches_the_same_books(name: str) -> None:
    _repeats_and_wire_agrees(scenarios()[name])


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(name, marks=pytest.mark.campaign) for name in SMALLER if name not in QUICK)]
)
def test_a_smaller_one_repeats_in_another_interpreter_and_wire_reaches_the_same_books(
    name: str, tmp_path: Path
) -> None:
    yaml = YAML()
    blocks = yaml.load(scenarios()[name])
    for block, changes in SMALLER[name].items():
        blocks.setdefault(block, {}).update(changes)
    path = tmp_path / f"{name}.yaml"
    yaml.dump(blocks, path)
    _repeats_and_wire_agrees(path)


def _repeats_and_wire_agrees(path: Path) -> None:
    runs: dict[Fidelity, VirtualRun] = {}
    for fidelity in ("direct", "wire"):
        made = runs[fidelity] = VirtualRun(load_scenario(path), 1, fidelity)
        made.go(unheard)
    _repeats_elsewhere(path, runs["direct"])
    if path.stem == "normal_day":  # real bytes, too
        _repeats_elsewhere(path, runs["wire"])
    assert books(runs["direct"]) == books(runs["wire"])


def _repeats_elsewhere(path: Path, made: VirtualRun) -> None:
    again = fingerprint_elsewhere(TARGET, _specification(path, made.fidelity), OTHER_HASH_SEED)
    assert made.fingerprint.digest() == again, f"{path.stem} ({made.fidelity}) differs in another interpreter"


def test_another_seed_is_another_run() -> None:
    path = scenarios()["normal_day"]
    first, second = (VirtualRun(load_scenario(path), seed) for seed in (1, 2))
    assert first.demand.orders != second.demand.orders
