"""Drawn fault plans for the unchanged core: each run has its own orders, and its own plan."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from sandbox.faults.atoms import KINDS, Atom
from sandbox.faults.drawing import draw
from sandbox.faults.moments import DAY_US
from sandbox.faults.swizzle import Swizzle
from sandbox.hunt.outcome import Outcome
from sandbox.hunt.trial import Trial
from sandbox.runs.landscape import default_landscape

ATOMS = 6
SWIZZLED = ("commerce", "erp", "wms", "carrier")


@dataclass(frozen=True)
class Found:
    """A trial with violations."""

    seed: int
    violated: list[str]
    messages: list[str]
    plan: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def drawn_trial(seed: int) -> Trial:
    """Six drawn faults; every fourth time the systems go away and come back one by one besides."""
    rng = Random(f"campaign-{seed}")
    atoms: list[Atom] = list(draw([f"F{n}" for n in range(1, ATOMS + 1)], KINDS, default_landscape(), DAY_US, rng))
    if seed % 4 == 0:
        swizzle = Swizzle.model_validate({"systems": list(SWIZZLED), "at": "12:00", "for": "2h"})
        atoms += swizzle.atoms("S", DAY_US, rng)
    return Trial(seed, tuple(atoms))


def found_in(trial: Trial, outcome: Outcome) -> Found | None:
    """What is told of a trial that went wrong."""
    if not outcome.violations:
        return None
    failures = [f"{invariant} {role}" for invariant, role in outcome.failures]
    messages = [violation.message for violation in outcome.violations]
    return Found(trial.seed, failures, messages, trial.plan.as_written())
