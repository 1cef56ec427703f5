"""Small scenarios: a day of a few dozen orders, with the faults and the design that a test names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from mock_systems.kit.ledger import Fact
from sandbox.core.design import Design
from sandbox.oracle.verdict import Verdict
from sandbox.runs.request import unheard
from sandbox.runs.scenario import Scenario, load_scenario
from sandbox.runs.virtual_run import VirtualRun
from sandbox.worlds.virtual.world import Fidelity, VirtualWorld

_HEAD: dict[str, Any] = {
    "title": "A small day",
    "world": {"start": "2011-11-14", "days": 1},
    "demand": {"orders_per_day": 40, "skus": 12, "customers": 8},
    "phases": {"settle": "2d"},
}


def small_scenario(folder: Path, faults: Sequence[dict[str, Any]] = (), **blocks: Any) -> Scenario:
    """A scenario with these faults; `blocks` replace parts of it."""
    path = folder / "small.yaml"
    with path.open("w") as file:
        YAML(typ="safe").dump({**_HEAD, "faults": list(faults), **blocks}, file)
    return load_scenario(path)


def run(
    scenario: Scenario,
    *,
    design: Callable[[Design], Design] | None = None,
    seed: int = 1,
    fidelity: Fidelity = "direct",
    prepare: Callable[[VirtualWorld], None] | None = None,
) -> VirtualRun:
    """Let it run; `design` changes the reference design before."""
    if design is not None:
        scenario = replace(scenario, design=design(scenario.design))
    made = VirtualRun(scenario, seed, fidelity)
    made.go(unheard, prepare)
    return made


def verdicts_of(made: VirtualRun) -> dict[str, Verdict]:
    """The oracle's word on each invariant."""
    return {verdict.id: verdict for verdict in made.oracle.close(made.end_us)}


def violated(made: VirtualRun) -> list[str]:
    """The ids of the invariants that were violated."""
    return [name for name, verdict in verdicts_of(made).items() if verdict.verdict == "violated"]


def books(made: VirtualRun) -> dict[str, list[Fact]]:
    """All facts, by system."""
    return {name: system.ledger.facts for name, system in made.estate.items()}
