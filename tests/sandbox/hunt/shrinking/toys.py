"""Failures that need no run: a trial fails where it has certain faults and certain orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from sandbox.faults.atoms import KINDS, Atom
from sandbox.faults.drawing import draw
from sandbox.faults.moments import DAY_US
from sandbox.hunt.finding import Finding
from sandbox.hunt.outcome import Outcome, Violation
from sandbox.hunt.scheduling import FIFO, Scheduling
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.runs.landscape import default_landscape

TARGET = Target("hunting_day")
REFERENCES = tuple(f"R-{number:06}" for number in range(1, 31))


@dataclass
class Toy:
    """Fails with faults of all these kinds, for all these orders; with the `ties` only where they are drawn.

    Another failure takes its place where `other` of the kinds are missing. With fewer than so many `sure` orders it
    takes the seed's own luck.
    """

    kinds: frozenset[str]
    orders: frozenset[str] = frozenset()
    ties: bool = False
    other: bool = False
    sure: int = 0
    tried: list[Trial] = field(default_factory=list)

    def __call__(self, target: Target, trial: Trial) -> Outcome:
        """The trial's outcome."""
        self.tried.append(trial)
        placed = REFERENCES if trial.orders is None else trial.orders
        numbers = {reference: f"W-{number:06}" for number, reference in enumerate(sorted(placed), start=1)}
        missing = self.kinds - {atom.kind for atom in trial.atoms}
        fails = not missing and self.orders <= set(placed) and (trial.scheduling != FIFO or not self.ties)
        fails &= trial.luck == 0 or len(placed) >= self.sure
        order = numbers.get(min(self.orders, default=""))
        found = [Violation("I2", "single", order, "SO-1", DAY_US, "two sales orders")] if fails else []
        if self.other and missing:
            found = [Violation("I7", "cents", None, "INV-1", DAY_US, "a cent too much")]
        fired = {atom.id: 1 for atom in trial.atoms}
        return Outcome(tuple(found), "0" * 64, "quiet", fired, numbers)


def finding_of(trial: Trial) -> Finding:
    """A finding whose failure is the toy's."""
    return Finding(TARGET, trial, "I2", "single", None, DAY_US, "two sales orders", "0" * 64, {})


def drawn(seed: int, count: int = 8) -> tuple[Atom, ...]:
    """Faults of any kinds."""
    return tuple(draw([f"A{n}" for n in range(count)], KINDS, default_landscape(), DAY_US, Random(seed)))


PCT = Scheduling("pct", seed=5, depth=3)
