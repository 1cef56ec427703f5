"""The check that a run repeats: the same specification in two fresh interpreters with different hash seeds.

A target is a module-level callable `(specification, fingerprint)` that makes a run and adds its events to the
fingerprint; it is named by `package.module:name` or `path/to/file.py:name`. Specifications are JSON values.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from sandbox.worlds.virtual.errors import VirtualWorldError
from sandbox.worlds.virtual.fingerprint import BLOCK

HASH_SEEDS: Final = (1, 20_111)
_MOST_TOLD: Final = 2000


@dataclass(frozen=True, slots=True)
class Difference:
    """The first event that differs: its number in the run, from 0, and what it was in each (None: no such event)."""

    number: int
    first: str | None
    second: str | None

    def __str__(self) -> str:
        return (
            f"event {self.number} differs: {self.first or 'no event'} in one run, {self.second or 'none'} in the other"
        )


@dataclass(frozen=True, slots=True)
class Repetition:
    """What the check found: the fingerprint, how many events it covers, and the difference if there is one."""

    digest: str
    events: int
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class _Ran:
    digest: str
    events: int
    chain: list[str]
    kept: dict[str, list[str]]


def repeat(target: str, specification: Any, hash_seeds: Sequence[int] = HASH_SEEDS) -> Repetition:
    """Run the target twice and compare. Raises VirtualWorldError when a run fails."""
    first, second = (_run(target, specification, seed, ()) for seed in hash_seeds[:2])
    if first.digest == second.digest:
        return Repetition(first.digest, first.events, None)
    block = next((n for n, (a, b) in enumerate(zip_longest(first.chain, second.chain)) if a != b), 0)
    first, second = (_run(target, specification, seed, (block,)) for seed in hash_seeds[:2])
    return Repetition(first.digest, first.events, _first_difference(block, first, second))


def fingerprint_elsewhere(target: str, specification: Any, hash_seed: int) -> str:
    """The target's fingerprint in a fresh interpreter. Raises VirtualWorldError when the run fails."""
    return _run(target, specification, hash_seed, ()).digest


def first_difference(target: str, specification: Any, hash_seeds: Sequence[int] = HASH_SEEDS) -> Difference | None:
    """The first event in which two runs of the target differ, or None when they are the same."""
    return repeat(target, specification, hash_seeds).difference


def _first_difference(block: int, first: _Ran, second: _Ran) -> Difference:
    labels = (run.kept.get(str(block), []) for run in (first, second))
    for place, (a, b) in enumerate(zip_longest(*labels)):
        if a != b:
            return Difference(block * BLOCK + place, a, b)
    raise VirtualWorldError(
        f"block {block} differed, and not when it was looked at again: something besides the hash seed changes the run"
    )


def _run(target: str, specification: Any, hash_seed: int, keep: Collection[int]) -> _Ran:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": str(hash_seed),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.worlds.virtual.replay", target],
        input=json.dumps({"specification": specification, "keep": list(keep)}),
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode != 0:
        raise VirtualWorldError(f"{target} failed with hash seed {hash_seed}:\n{done.stderr[-_MOST_TOLD:]}")
    return _Ran(**json.loads(done.stdout))
