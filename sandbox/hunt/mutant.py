"""A mutant: the reference core with one known bug, planted from outside; one small file each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sandbox.core_factory import module_of_file
from sandbox.errors import InputError, did_you_mean
from sandbox.hunt.target import Target

FOLDER: Final = Path("tests") / "mutants"
_FILE: Final = re.compile(r"(b\d\d)_\w+\.py")


@dataclass(frozen=True, slots=True)
class Mutant:
    """The `MUTANT` of a mutant's module, beside its factory `core(ports, design, credentials)`.

    `number` and `source` are those of the catalogue of bugs, `invariants` those that it names. `scenario`, `overrides`
    and `design` are what suits the bug.
    """

    number: str
    source: str
    invariants: tuple[str, ...]
    scenario: str = "hunting_day"
    overrides: Mapping[str, Any] = field(default_factory=dict)
    design: str | None = None


def mutants(folder: Path = FOLDER) -> dict[str, Path]:
    """The files of all mutants by number, such as B07."""
    found = sorted(path for path in folder.glob("b*.py") if _FILE.fullmatch(path.name))
    return {path.name[:3].upper(): path for path in found}


def mutant_of(number: str, folder: Path = FOLDER) -> tuple[Mutant, Path]:
    """The mutant with this number, and its file. Raises InputError."""
    known = mutants(folder)
    if not known:
        remedy = "run the command in a checkout of the sandbox"
        raise InputError(f"there are no mutants in {folder}", field="--mutant", remedy=remedy)
    path = known.get(number.upper())
    if path is None:
        raise InputError(f"there is no mutant {number!r}", field="--mutant", remedy=did_you_mean(number.upper(), known))
    mutant: Mutant = module_of_file(path).MUTANT
    return mutant, path


def target_of(number: str, scenario: str | None = None, folder: Path = FOLDER) -> tuple[Target, Mutant]:
    """What is hunted for a mutant: its own scenario unless another one is named. Raises InputError."""
    mutant, path = mutant_of(number, folder)
    core = f"{path}:core"
    if scenario is not None and scenario != mutant.scenario:
        return Target(scenario, core), mutant
    return Target(mutant.scenario, core, mutant.design, mutant.overrides), mutant
