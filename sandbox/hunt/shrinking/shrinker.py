"""Shrinking: fewer faults, fewer orders, a simpler scenario, canonical faults, first come first served."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from sandbox.errors import InputError
from sandbox.faults.atoms import Atom
from sandbox.faults.words import in_words
from sandbox.hunt.branching import branched
from sandbox.hunt.finding import Finding, found_in
from sandbox.hunt.minimality import NEEDS_LUCK, NOT_NEEDED, PASSES, Minimality, Removal
from sandbox.hunt.outcome import Outcome
from sandbox.hunt.scheduling import FIFO, Scheduling
from sandbox.hunt.shrinking.attempts import Attempts, BudgetSpent, CarryOut, Case, Hear, unheard
from sandbox.hunt.shrinking.canonical import STEPS, About, Step, away, named, single
from sandbox.hunt.shrinking.ddmin import minimised
from sandbox.hunt.shrinking.orders import fewest_orders, with_fewer_orders, with_more_orders
from sandbox.hunt.shrinking.scenarios import simplifications, simplified
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import prepared
from sandbox.runs.scenario import Scenario

_ROUNDS_MOST: Final = 4
_SHARES: Final = (0.01, 0.05, 0.2, 0.5)
_NOW: Final = "the finding does not come about any more: there is nothing to shrink"


class NotReproduced(InputError):
    """A finding that passes now can't be shrunk."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A finding made small; `stopped` where somebody ended it before its time."""

    finding: Finding
    stopped: bool = False


def carried_out(target: Target, trial: Trial) -> Outcome:
    """The trial's outcome, in a process of its own: what hangs is ended, and counts as another failure."""
    ((_, outcome),) = branched(target, [trial])
    return outcome


def shrink(
    finding: Finding,
    budget_s: float | None = None,
    hear: Hear = unheard,
    carry_out: CarryOut = carried_out,
) -> Shrunk:
    """The smallest trial with the same failure, as a finding with the table that shows that nothing can be left out.

    `hear` may raise KeyboardInterrupt: the smallest so far is the answer then, as when `budget_s` of wall time are
    over. Raises NotReproduced.
    """
    attempts = Attempts(finding.invariant, finding.role, carry_out, budget_s, hear)
    stopped, shrinking = False, _Shrinking(attempts)
    begun = Case(finding.target, finding.trial)
    try:
        if not attempts.fails(begun):
            raise NotReproduced(_NOW, remedy="`sandbox replay` tells what has changed")
        shrinking.go(begun)
    except BudgetSpent:
        pass
    except KeyboardInterrupt:
        stopped = True
    smallest = attempts.smallest
    if smallest is None:
        return Shrunk(finding, stopped)
    before = attempts.outcome(begun)
    outcome = attempts.outcome(smallest)
    violation = outcome.first(finding.invariant, finding.role)
    assert violation is not None
    orders, removals = finding.trial.orders, shrinking.removals
    told = Minimality(
        complete=removals is not None and all(removal.verdict != NOT_NEEDED for removal in removals),
        runs=attempts.runs,
        atoms_before=len(finding.trial.atoms),
        orders_before=len(before.orders if orders is None else orders),
        removals=removals or (),
    )
    found = found_in(smallest.target, smallest.trial, outcome, violation, finding.stage)
    return Shrunk(replace(found, minimality=told), stopped)


class _Shrinking:
    """The passes, again and again until none finds anything.

    `removals` is the table of what happens without each part, once it is made.
    """

    def __init__(self, attempts: Attempts) -> None:
        self.removals: tuple[Removal, ...] | None = None
        self._attempts = attempts

    def go(self, begun: Case) -> None:
        """Shrink. Raises BudgetSpent.

        What takes luck when it is small is shrunk once more: to what is sure. Where the budget does not last for
        that, or somebody stops it, the small one stays with its table.
        """
        small = self._passed(begun)
        self.removals = self._removals(small)
        try:
            self.removals = self._made_sure(begun, small) or self.removals
        except (BudgetSpent, KeyboardInterrupt):
            self._attempts.smallest = small
            raise

    def _made_sure(self, begun: Case, small: Case) -> tuple[Removal, ...] | None:
        """Shrink to what fails whatever the luck.

        It begins with a fault aimed at another thing that was done then, if that will do; else with the same faults
        among more orders, or with what was found.
        """
        if self._attempts.is_sure(small):
            return None
        self._attempts.takes_luck = False
        few, all_of_them = self._attempts.outcome(small).orders, self._attempts.outcome(begun).orders
        crowd = replace(small, trial=with_more_orders(small.trial, begun.trial.orders, few, all_of_them))
        starts = chain(self._aimed(begun, small), (crowd, begun))
        start = next((case for case in starts if self._attempts.counts(case)), None)
        return None if start is None else self._removals(self._passed(start))

    def _aimed(self, begun: Case, small: Case) -> Iterator[Case]:
        """The small case with a fault of its kinds as it was at first, aimed at each thing in turn."""
        about, numbers = self._about(begun), self._attempts.outcome(begun).orders
        kinds, orders = {atom.kind for atom in small.trial.atoms}, small.trial.orders
        for atom in begun.trial.atoms:
            for aimed in single(atom, about) if atom.kind in kinds else ():
                trial = replace(begun.trial, atoms=(aimed,))
                few = trial if orders is None else with_fewer_orders(trial, orders, numbers)
                yield Case(small.target, few)

    def _passed(self, case: Case) -> Case:
        passes: list[tuple[str, Callable[[Case], Case]]] = [
            ("ties", self._in_turn),
            ("faults", self._fewer_atoms),
            ("single faults", lambda before: self._canonical(before, (away, single, named))),
            ("orders", lambda before: fewest_orders(before, self._attempts)),
            ("scenario", self._simpler_scenario),
            ("times and parameters", lambda before: self._canonical(before, STEPS)),
            ("ties", self._in_turn),
            ("names", self._named_anew),
        ]
        for _ in range(_ROUNDS_MOST):
            before = case
            for about, shrunk in passes:
                self._attempts.about = about
                case = self._settled(shrunk(case))
            if case == before:
                break
        return self._minimal(case)

    def _settled(self, case: Case) -> Case:
        self._attempts.smallest = case
        return case

    def _minimal(self, case: Case) -> Case:
        """Later passes may have made a fault or an order needless."""
        while True:
            smaller = fewest_orders(self._fewer_atoms(case), self._attempts)
            if smaller == case:
                return self._settled(case)
            case = self._settled(smaller)

    def _fewer_atoms(self, case: Case) -> Case:
        def with_atoms(atoms: tuple[Atom, ...]) -> Case:
            return replace(case, trial=replace(case.trial, atoms=atoms))

        fired = self._attempts.outcome(case).fired
        struck = tuple(atom for atom in case.trial.atoms if fired.get(atom.id))
        if len(struck) < len(case.trial.atoms) and self._attempts.fails(with_atoms(struck)):
            case = with_atoms(struck)
        return with_atoms(minimised(case.trial.atoms, lambda atoms: self._attempts.fails(with_atoms(atoms))))

    def _simpler_scenario(self, case: Case) -> Case:
        for patches in simplifications(self._scenario(case.target)):
            for patch in patches:
                target = simplified(case.target, patch)
                if target is not None and self._attempts.fails(replace(case, target=target)):
                    case = replace(case, target=target)
                    break
        return case

    def _canonical(self, case: Case, steps: Sequence[Step]) -> Case:
        for place in range(len(case.trial.atoms)):
            for step in steps:
                for atom in step(case.trial.atoms[place], self._about(case)):
                    if atom == case.trial.atoms[place]:
                        break
                    candidate = _with_atom(case, place, atom)
                    if self._attempts.fails(candidate):
                        case = candidate
                        break
        return case

    def _scenario(self, target: Target) -> Scenario:
        return prepared(target)[0]

    def _about(self, case: Case) -> About:
        outcome, scenario = self._attempts.outcome(case), self._scenario(case.target)
        suffering = outcome.first(*self._attempts.failure)
        order = None if suffering is None else suffering.order
        sites = tuple(site for site in outcome.sites if order is not None and site.order == order)
        return About(scenario.start_us, scenario.span_us, order, sites)

    def _in_turn(self, case: Case) -> Case:
        """Back to first come, first served; or as near to it as it goes."""
        now = case.trial.scheduling
        if now.kind == "fifo":
            return case
        simpler = [FIFO, *_nearer(now)]
        for scheduling in simpler:
            candidate = replace(case, trial=replace(case.trial, scheduling=scheduling))
            if self._attempts.fails(candidate):
                return candidate
        return case

    def _named_anew(self, case: Case) -> Case:
        """F1, F2, …: a share is drawn by the fault's name, so that this may matter."""
        atoms = tuple(replace(atom, id=f"F{number}") for number, atom in enumerate(case.trial.atoms, start=1))
        candidate = replace(case, trial=replace(case.trial, atoms=atoms))
        return candidate if self._attempts.fails(candidate) else case

    def _removals(self, case: Case) -> tuple[Removal, ...]:
        self._attempts.about = "proof"
        trial, rows = case.trial, []
        span_us = self._scenario(case.target).span_us
        for atom in trial.atoms:
            less = tuple(other for other in trial.atoms if other is not atom)
            rows.append(self._removal(case, replace(trial, atoms=less), atom.id, in_words(atom, span_us)))
        numbers = self._attempts.outcome(case).orders
        for reference in trial.orders or ():
            kept = tuple(other for other in trial.orders or () if other != reference)
            less_trial = with_fewer_orders(trial, kept, numbers)
            rows.append(self._removal(case, less_trial, reference, f"order {numbers.get(reference, reference)}"))
        if trial.scheduling != FIFO:
            told = "tasks that are ready at once take drawn turns"
            rows.append(self._removal(case, replace(trial, scheduling=FIFO), "drawn ties", told))
        return tuple(rows)

    def _removal(self, case: Case, trial: Trial, without: str, text: str) -> Removal:
        less = replace(case, trial=trial)
        outcome = self._attempts.outcome(less)
        if self._attempts.failed(outcome):
            return Removal(without, text, NOT_NEEDED if self._attempts.counts(less) else NEEDS_LUCK)
        others = ", ".join(f"{invariant} ({role})" for invariant, role in outcome.failures)
        return Removal(without, text, f"fails otherwise: {others}" if others else PASSES)


def _with_atom(case: Case, place: int, atom: Atom) -> Case:
    atoms = (*case.trial.atoms[:place], atom, *case.trial.atoms[place + 1 :])
    return replace(case, trial=replace(case.trial, atoms=atoms))


def _nearer(now: Scheduling) -> list[Scheduling]:
    if now.kind == "pct":
        return [replace(now, depth=depth) for depth in range(now.depth)]
    return [replace(now, share=share) for share in _SHARES if share < now.share]
