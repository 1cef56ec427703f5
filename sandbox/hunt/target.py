"""What is hunted: a scenario, and the core that is to be caught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sandbox.core.design import load_design_file
from sandbox.core.hub import Hub
from sandbox.core_factory import core_factory
from sandbox.runs.library import find_design, find_scenario
from sandbox.runs.scenario import Scenario, load_scenario
from sandbox.runs.staged_run import CoreMaker

Until = Literal["shipped", "delivered", "end"]
"""`shipped`: nothing is under way but parcels at the carrier. `delivered`: nothing at all. `end`: the whole settle."""


@dataclass(frozen=True, slots=True)
class Target:
    """A scenario by name or path, with `overrides` laid over its file, and the core that runs it.

    `core` is `package.module:factory` or `path/to/file.py:factory`, a callable `(ports, design, credentials)` that
    makes a core; None: the reference core. `design` takes the place of the scenario's own. A trial goes on `until` its
    orders are at that point, and to the end of the settle phase where they never are. The scenario's own faults are
    not carried out: a trial has its own.
    """

    scenario: str
    core: str | None = None
    design: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict, hash=False)
    until: Until = "delivered"


def loaded(target: Target) -> Scenario:
    """The scenario that a target means. Raises InputError."""
    scenario = load_scenario(find_scenario(target.scenario), target.overrides)
    if target.design is not None:
        scenario = replace(scenario, design=load_design_file(find_design(target.design)))
    return scenario


def core_of(target: Target) -> CoreMaker:
    """Who makes the core that a target means. Raises InputError."""
    return Hub if target.core is None else core_factory(target.core)
