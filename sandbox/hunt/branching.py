"""Many trials of one target: each branches off, as a process of its own, from the run that it shares with others.

Until its first fault a trial is the same run as the one without faults, so that run is made once for all, and the
process forks where a trial begins. A trial can't harm those after it, and one that hangs is ended.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Final

from sandbox.errors import InputError
from sandbox.hunt.forking import ForkLost, forked
from sandbox.hunt.outcome import FAILED, Outcome, Place, Violation
from sandbox.hunt.stage import Beginning, Marks, Stage, beginning_of
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import prepared
from sandbox.worlds.virtual import collector, entropy

LONGEST_S: Final = 300.0


def branched(
    target: Target,
    trials: Sequence[Trial],
    known: Collection[Place] | None = (),
    marks: Marks | None = None,
    longest_s: float = LONGEST_S,
) -> Iterator[tuple[int, Outcome]]:
    """Each trial's place in `trials` and its outcome, in the order in which they branch off. Raises InputError.

    Sites at `known` places are left out; None: no sites are noted. A trial that takes longer than `longest_s` seconds
    is ended, and failed.
    """
    prepared(target)
    order = sorted(range(len(trials)), key=lambda place: repr(beginning_of(trials[place])))
    for beginning, places in groupby(order, key=lambda place: beginning_of(trials[place])):
        yield from _from_one_run(target, beginning, list(places), trials, _Branch(target, known, marks, longest_s))


def _from_one_run(
    target: Target, beginning: Beginning, places: list[int], trials: Sequence[Trial], branch: _Branch
) -> Iterator[tuple[int, Outcome]]:
    if len(places) == 1:  # nobody to share it with: the copy makes the run from its beginning, and takes it with it
        with collector.resting():
            outcome = branch.outcome(None, trials[places[0]])
        yield places[0], outcome
        return
    scenario, core = prepared(target)
    gc.collect()  # what is left of the run before; the collector rests from now on
    with Stage(scenario, core, beginning, branch.marks, sites=branch.sites) as stage:
        gc.freeze()
        places.sort(key=lambda place: stage.armed_us(trials[place]))
        shared: Stage | None = stage
        for place in places:
            shared = _passed(shared, trials[place])
            outcome = branch.outcome(shared, trials[place])
            with entropy.exempt():  # whoever takes it is no part of the run
                yield place, outcome


def _passed(stage: Stage | None, trial: Trial) -> Stage | None:
    """The stage where the trial branches off; None where it fails before that: the trial, going the same way, tells."""
    try:
        if stage is not None:
            stage.pass_to(stage.armed_us(trial))
    except (Exception, SystemExit):  # noqa: BLE001  whatever a core does to its world
        return None
    return stage


class _Branch:
    """How a trial is carried out in a process of its own."""

    def __init__(self, target: Target, known: Collection[Place] | None, marks: Marks | None, longest_s: float) -> None:
        self.marks = marks
        self.sites = known is not None
        self._target = target
        self._known = known or ()
        self._longest_s = longest_s

    def outcome(self, stage: Stage | None, trial: Trial) -> Outcome:
        """The outcome of the trial, from a stage or from its own beginning."""
        with entropy.exempt():
            return self._forked(stage, trial)

    def _forked(self, stage: Stage | None, trial: Trial) -> Outcome:
        began = time.perf_counter()
        try:
            outcome: Outcome | InputError = forked(lambda: self._carried_out(stage, trial), self._longest_s)
        except ForkLost as lost:
            return _lost(str(lost), time.perf_counter() - began)
        if isinstance(outcome, InputError):
            raise outcome
        return outcome

    def _carried_out(self, stage: Stage | None, trial: Trial) -> Outcome | InputError:
        if stage is not None:
            with entropy.enforced():
                return stage.tried(trial, self._target.until, self._known)
        scenario, core = prepared(self._target)
        try:
            own = Stage(scenario, core, beginning_of(trial), self.marks, sites=self.sites)
        except InputError as error:
            return error
        own.__enter__()  # nobody leaves it: the copy is gone, world and all, as soon as it has told
        with entropy.enforced():
            return own.tried(trial, self._target.until, self._known)


def _lost(told: str, wall_s: float) -> Outcome:
    violation = Violation(FAILED, "lost", None, "trial", 0, f"the trial has no outcome: {told}")
    return Outcome((violation,), "0" * 64, "failed", {}, wall_s=wall_s)
