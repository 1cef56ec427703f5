"""One run that nobody has struck yet, and the trials that branch off from it."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol, Self

from mock_systems.commerce.system import Commerce
from mock_systems.kit.physics import HOUR, MINUTE
from sandbox.faults.atoms import Atom, CrashAtom, DeletionAtom, PauseAtom, SpikeAtom
from sandbox.faults.carrying_out import FaultsAtWork
from sandbox.faults.plan import FaultPlan
from sandbox.hunt.hearing import Hearing
from sandbox.hunt.outcome import FAILED, Ended, Outcome, Place, Violation
from sandbox.hunt.quiet import Quiet
from sandbox.hunt.scheduling import Scheduling
from sandbox.hunt.sites import Sites
from sandbox.hunt.target import Until
from sandbox.hunt.trial import Trial
from sandbox.oracle.oracle import Oracle
from sandbox.runs.judging import context_of
from sandbox.runs.scenario import Scenario
from sandbox.runs.staged_run import CoreMaker, StagedRun
from sandbox.runs.visits import visitor
from sandbox.worlds.virtual import entropy
from sandbox.worlds.virtual.errors import UnhandledError
from sandbox.worlds.virtual.world import VirtualWorld

BRANCHES_EVERY_US: Final = 15 * MINUTE
_LOOKS_EVERY_US: Final = HOUR


class Marks(Protocol):
    """Tells which blocks of the core's code ran."""

    def begin(self) -> None:
        """Forget what ran before."""

    def reached(self) -> frozenset[int]:
        """The numbers of the blocks that ran since then."""


class NoMarks:
    """Where nobody watches which code runs."""

    def begin(self) -> None:
        """Nothing is to be forgotten."""

    def reached(self) -> frozenset[int]:
        """None."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Beginning:
    """What trials must have in common to share a stage: all that is not up to their faults."""

    seed: int
    orders: tuple[str, ...] | None
    scheduling: Scheduling
    spikes: tuple[Atom, ...]
    luck: int


def beginning_of(trial: Trial) -> Beginning:
    """The beginning of a trial: demand spikes are a part of it, they change who comes."""
    spikes = tuple(atom for atom in trial.atoms if isinstance(atom, SpikeAtom))
    return Beginning(trial.seed, trial.orders, trial.scheduling, spikes, trial.luck)


class Stage:
    """A run up to the moment at which a trial's faults begin. Use it as a context manager; `tried` can be called once.

    A trial's faults are armed on the quarter of an hour in which the first of them begins, wherever it branches off: so
    a trial comes to the same outcome by itself and branched off from a stage that it shares. `sites`: those that are
    met are noted.
    """

    def __init__(
        self,
        scenario: Scenario,
        core: CoreMaker,
        beginning: Beginning,
        marks: Marks | None = None,
        *,
        sites: bool = True,
    ) -> None:
        self._beginning = beginning
        self._marks = marks or NoMarks()
        self._marks.begin()
        self.run = StagedRun(
            scenario,
            beginning.seed,
            core=core,
            plan=FaultPlan(beginning.spikes),
            orders=beginning.orders,
            keeps_facts=False,
        )
        self._hearing = Hearing()
        for system in self.run.estate.values():
            system.ledger.listeners.append(self._hearing.observe)
        self.world = self.run.raised(beginning.scheduling.ties(), beginning.luck)
        timeouts_us = {name: self.run.scenario.design.call_policy(name).timeout_us for name in self.run.estate}
        heard = visitor(self._hearing, timeouts_us)
        for system in self.run.estate.values():
            system.door.visitors.append(heard)
        self._sites = Sites(self.world, self.run.estate) if sites else None

    def __enter__(self) -> Self:
        self.world.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        with suppress(UnhandledError):  # a trial tells of it, or was none
            self.world.__exit__(*raised)  # type: ignore[arg-type]

    def armed_us(self, trial: Trial) -> int:
        """When the trial's faults are armed; without faults, at the beginning."""
        run = self.run
        first_us = min((_begins_us(atom) for atom in trial.atoms), default=0) + run.scenario.start_us
        return run.start_us + max(0, first_us - run.start_us) // BRANCHES_EVERY_US * BRANCHES_EVERY_US

    def pass_to(self, at_us: int) -> None:
        """Let time pass until a moment, unless it has come already. Raises what the core and its world raise."""
        if self.run.shoppers is None:
            self.run.begin(self.world)
        if at_us > self.world.now_us:
            self.world.run(at_us)

    def tried(self, trial: Trial, until: Until = "delivered", known: Collection[Place] = ()) -> Outcome:
        """Go on with the trial's faults to its end, and judge. It must have the beginning of this stage.

        Of the sites, those at a `known` place are left out.
        """
        assert beginning_of(trial) == self._beginning, "a trial branches off from a run that began otherwise"
        with entropy.exempt():
            began = time.perf_counter()
        run, world = self.run, self.world
        oracle = Oracle(context_of(trial.plan, run.scenario))
        faults = FaultsAtWork(trial.plan, run.scenario.start_us)
        healed_us = max(run.demand_until_us, run.scenario.start_us + trial.plan.heal_us)
        end_us = healed_us + run.scenario.settle_us
        quiet = Quiet(oracle, world, run.estate)
        self._hearing.tell(oracle, quiet.hear)
        failed: BaseException | None = None
        ended: Ended = "end"
        try:
            self.pass_to(self.armed_us(trial))
            run.let_strike(faults, world, healed_us)
            ended = self._pass_time(quiet, healed_us, end_us, until)
            _raise_unheard(world)
        except (Exception, SystemExit) as error:  # noqa: BLE001  whatever a core does to its world is what was found
            failed, ended = error, "failed"
        violations = [found for verdict in oracle.close(world.now_us) for found in verdict.violations]
        if failed is not None:
            violations.append(_failure(failed, world.now_us))
        with entropy.exempt():
            wall_s = time.perf_counter() - began
        return Outcome(
            violations=tuple(sorted(violations, key=lambda found: found.at_us)),
            fingerprint=run.fingerprint.digest(),
            ended=ended,
            fired=faults.fired(),
            orders=self._orders(),
            sites=() if self._sites is None else tuple(site for site in self._sites.met if site.place not in known),
            marks=self._marks.reached(),
            virtual_us=world.now_us - run.start_us,
            wall_s=wall_s,
        )

    def _pass_time(self, quiet: Quiet, healed_us: int, end_us: int, until: Until) -> Ended:
        world = self.world
        self.pass_to(min(end_us, healed_us + self.run.scenario.deadlines.recovery_us + 1))
        while world.now_us < end_us:
            if until != "end" and quiet.is_quiet(parcels_too=until == "delivered"):
                return "quiet"
            world.run(min(end_us, world.now_us + _LOOKS_EVERY_US))
        return "end"

    def _orders(self) -> dict[str, str]:
        shop = self.run.estate["commerce"]
        assert isinstance(shop, Commerce)
        return {record.shown["reference"]: record.order for record in shop.books.orders.values()}


def _begins_us(atom: Atom) -> int:
    if isinstance(atom, CrashAtom | PauseAtom | DeletionAtom) and atom.at_us is not None:
        return atom.at_us
    return atom.window.from_us


def _raise_unheard(world: VirtualWorld) -> None:
    """Raise UnhandledError where a task of the living core has failed, and nobody heard of it."""
    for core in world.incarnations:
        failed = None if core.dead else core.loop.unretrieved()
        if failed is not None:
            raise failed


def _failure(error: BaseException, at_us: int) -> Violation:
    first = error.__cause__ if isinstance(error, UnhandledError) and error.__cause__ is not None else error
    told = str(error).splitlines()[0] if str(error) else "no message"
    return Violation(FAILED, type(first).__name__, None, "core", at_us, f"the run could not go on: {told}")
