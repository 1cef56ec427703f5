"""What is hunted: a scenario, and the core that is to be caught."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from sandbox.core.design import load_design_file
from sandbox.core.hub import Hub
from sandbox.errors import InputError
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
    return Hub if target.core is None else named(target.core)


def named(core: str) -> CoreMaker:
    """The factory that `package.module:factory` or `path/to/file.py:factory` names. Raises InputError."""
    place, _, name = core.rpartition(":")
    if not place or not name.isidentifier():
        remedy = "write package.module:factory, or path/to/file.py:factory"
        raise InputError(f"{core!r} names no core", field="--core", remedy=remedy)
    try:
        module = module_of_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except (ImportError, OSError) as error:
        raise InputError(f"cannot be imported: {error}", field="--core", remedy="check its name") from None
    made = getattr(module, name, None)
    if not callable(made):
        remedy = "name a function (ports, design, credentials) that makes a core"
        raise InputError(f"{place} has no factory {name!r}", field="--core", remedy=remedy)
    factory: CoreMaker = made
    return factory


@cache
def module_of_file(path: Path) -> ModuleType:
    """The module in a file. Raises OSError and ImportError, and whatever its code raises."""
    path = path.resolve(strict=True)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
