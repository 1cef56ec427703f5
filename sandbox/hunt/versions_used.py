"""What a finding depends on besides its trial: versions, and digests of code, scenario, design and core."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import mock_systems
import sandbox
from sandbox.core.design_written import written_design
from sandbox.hunt.target import Target, loaded
from sandbox.runs.library import find_scenario
from sandbox.runs.versions import versions

_DIGITS: Final = 12
_ROOMS: Final[Mapping[str, tuple[str, ...]]] = {
    "code of the core": ("core",),
    "code of the virtual world": ("worlds/virtual",),
    "code of demand, faults and runs": ("demand", "faults", "runs", "hunt"),
    "code of the oracle": ("oracle",),
}


def versions_of(target: Target) -> dict[str, str]:
    """By name: of Python and distributions, as numbers; of code, scenario, design and core, as digests.

    Raises InputError for a target that can't be had.
    """
    design = json.dumps(written_design(loaded(target).design), sort_keys=True, default=str)
    found = {
        **versions(),
        **_code(),
        "scenario": _digest([find_scenario(target.scenario).read_bytes()]),
        "design": _digest([design.encode()]),
    }
    core = _core_file(target.core)
    return found if core is None else {**found, "own core": _digest([core.read_bytes()])}


def changed(then: Mapping[str, str], now: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What differs, by name: then and now; `none` where it is not told."""
    names = dict.fromkeys((*then, *now))
    both = {name: (then.get(name, "none"), now.get(name, "none")) for name in names}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


@cache
def _code() -> Mapping[str, str]:
    root = Path(sandbox.__path__[0])
    found = {name: _digest(_sources(root / place for place in places)) for name, places in _ROOMS.items()}
    return {**found, "code of the mock systems": _digest(_sources(map(Path, mock_systems.__path__)))}


def _sources(folders: Iterator[Path]) -> Iterator[bytes]:
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            yield path.relative_to(folder).as_posix().encode()
            yield path.read_bytes()


def _core_file(core: str | None) -> Path | None:
    """The file of somebody's own core, where it is named by its path."""
    place = "" if core is None else core.rpartition(":")[0]
    return Path(place) if place.endswith(".py") else None


def _digest(parts: Iterator[bytes] | list[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:_DIGITS]
