"""The trials that shrinking makes: each one once, and none when the budget is spent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sandbox.hunt.outcome import Outcome
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial

LUCKS: Final = 6
"""A failure that comes about with so many other draws of the network's delays, half of them long, takes no luck."""

CarryOut = Callable[[Target, Trial], Outcome]


@dataclass(frozen=True, slots=True)
class Case:
    """A trial of a target: shrinking makes both simpler."""

    target: Target
    trial: Trial


@dataclass(frozen=True, slots=True)
class Progress:
    """How shrinking stands: what it is about, runs so far, and the size of the smallest that still fails."""

    about: str
    runs: int
    atoms: int
    orders: int | None


Hear = Callable[[Progress], None]
"""Hears how it stands after each run; it may raise KeyboardInterrupt, which ends it."""


def unheard(progress: Progress) -> None:
    """Where nobody watches."""


class BudgetSpent(Exception):
    """No more runs: what is smallest so far is the answer."""


class Attempts:
    """Tells whether a case fails in the same way: with a violation of this invariant in this role.

    Where `takes_luck` is False a case that fails has to do so whatever the luck.
    """

    def __init__(
        self,
        invariant: str,
        role: str,
        carry_out: CarryOut,
        budget_s: float | None = None,
        hear: Hear = unheard,
    ) -> None:
        self.failure = (invariant, role)
        self.runs = 0
        self.about = "faults"
        self.smallest: Case | None = None
        self.takes_luck = True
        self._carry_out = carry_out
        self._hear = hear
        self._until_s = None if budget_s is None else time.perf_counter() + budget_s
        self._known: dict[tuple[str, str], Outcome] = {}

    def outcome(self, case: Case) -> Outcome:
        """What the case comes to. Raises BudgetSpent."""
        key = (repr(case.target), case.trial.name)
        known = self._known.get(key)
        if known is not None:
            return known
        if self._until_s is not None and time.perf_counter() >= self._until_s:
            raise BudgetSpent
        outcome = self._known[key] = self._carry_out(case.target, case.trial)
        self.runs += 1
        self._hear(self._progress())
        return outcome

    def fails(self, case: Case) -> bool:
        """Whether the case fails in the same way; if so it is the smallest from now on. Raises BudgetSpent."""
        counts = self.counts(case)
        if counts:
            self.smallest = case
        return counts

    def counts(self, case: Case) -> bool:
        """Whether the case fails in the same way, be it the smallest or not. Raises BudgetSpent."""
        return self.failed(self.outcome(case)) and (self.takes_luck or self.is_sure(case))

    def is_sure(self, case: Case) -> bool:
        """Whether it fails in the same way with each other luck. Raises BudgetSpent."""
        lucks = (replace(case, trial=replace(case.trial, luck=luck)) for luck in range(1, LUCKS + 1))
        return all(self.failed(self.outcome(other)) for other in lucks)

    def failed(self, outcome: Outcome) -> bool:
        """Whether this is the same failure."""
        return outcome.first(*self.failure) is not None

    def _progress(self) -> Progress:
        trial = None if self.smallest is None else self.smallest.trial
        atoms = 0 if trial is None else len(trial.atoms)
        orders = None if trial is None or trial.orders is None else len(trial.orders)
        return Progress(self.about, self.runs, atoms, orders)
