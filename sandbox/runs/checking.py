"""Tell what kind of file somebody wrote, and whether it is sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.core.design import load_design_file
from sandbox.core.design_file import DesignFile
from sandbox.demand.mapping import read_mapping
from sandbox.errors import InputError, did_you_mean
from sandbox.faults.checking import problems
from sandbox.faults.moments import DAY_US
from sandbox.faults.written import FaultEntry, Written
from sandbox.runs.landscape import default_landscape
from sandbox.runs.library import designs, scenarios
from sandbox.runs.scenario import load_scenario
from sandbox.yaml_files import read_yaml

# A plan by itself belongs to no run yet: its faults may lie on any day of a year.
_LONGEST_US = 366 * DAY_US


class PlanFile(Written):
    """A fault plan by itself."""

    faults: tuple[FaultEntry, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A sound file: its kind, and in a few words what it says."""

    kind: str
    says: str


def checkable(name: str) -> Path:
    """The file that a name or a path means; a scenario goes before a design of the same name. Raises InputError."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or "/" in name or path.is_file():
        return path
    known = {**designs(), **scenarios()}
    if name not in known:
        raise InputError(f"there is no scenario, design or file {name!r}", remedy=did_you_mean(name, known))
    return known[name]


def checked(path: Path) -> Checked:
    """What the file is. Raises InputError for whatever is wrong with it."""
    data = read_yaml(path).data
    kinds = _KINDS if isinstance(data, Mapping) else {}
    # The first key that only one kind of file has decides; a file without any is read as a scenario.
    for key, (kind, read) in kinds.items():
        if key in data:
            return Checked(kind, read(path))
    return Checked("scenario", _scenario(path))


def _scenario(path: Path) -> str:
    scenario = load_scenario(path)
    counts = {"day": scenario.days, "fault": len(scenario.faults), "expectation": len(scenario.expectations)}
    return f"{scenario.title}; {', '.join(_counted(count, what) for what, count in counts.items())}"


def _design(path: Path) -> str:
    design = load_design_file(path)
    return f"{design.name}; {design.about}" if design.about else design.name


def _mapping(path: Path) -> str:
    return read_mapping(path).title


def _plan(path: Path) -> str:
    source = read_yaml(path)
    plan = source.validated(PlanFile)
    source.refuse(problems(plan.faults, default_landscape(), _LONGEST_US, ("faults",)))
    return _counted(len(plan.faults), "fault")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


_KINDS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "world": ("scenario", _scenario),
    "demand": ("scenario", _scenario),
    "columns": ("column mapping", _mapping),
    "extends": ("column mapping", _mapping),
    **{key: ("design", _design) for key in DesignFile.model_fields if key != "about"},
    "title": ("scenario", _scenario),
    "faults": ("fault plan", _plan),
}
