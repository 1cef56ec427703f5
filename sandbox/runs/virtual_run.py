"""One run in virtual time: a scenario's demand, estate, faults, core and judges, put together and let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mock_systems.kit.ledger import Listener
from mock_systems.kit.physics import MINUTE
from sandbox.runs.judges import Judges
from sandbox.runs.judging import context_of
from sandbox.runs.request import OnProgress, Progress
from sandbox.runs.scenario import Scenario
from sandbox.runs.staged_run import StagedRun
from sandbox.runs.visits import visitor
from sandbox.worlds.virtual import entropy
from sandbox.worlds.virtual.fingerprint import Fingerprint
from sandbox.worlds.virtual.world import Fidelity, VirtualWorld

# Time passes in slices: between two of them progress is told and Ctrl-C heard.
_SLICE_US: Final = 15 * MINUTE
_SLICES_MOST: Final = 2_000


class VirtualRun(StagedRun):
    """A run that is ready to go. Making one reads the demand and draws the plan; `go` lets time pass, once.

    `listeners` hear each fact from the opening balances on; add to them before `go`. Without `keeps_facts` the ledgers
    keep none: most of a long run's memory. Raises InputError.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        fidelity: Fidelity = "direct",
        fingerprint: Fingerprint | None = None,
        *,
        keeps_facts: bool = True,
    ) -> None:
        super().__init__(scenario, seed, fidelity, fingerprint, keeps_facts=keeps_facts)
        judges = self.judges = Judges(context_of(self.plan, self.scenario), self.end_us - self.start_us)
        self.oracle, self.figures = judges.oracle, judges.figures
        self.tallies, self.books = judges.tallies, judges.books
        self.listeners: list[Listener] = [*judges.listeners]

    def go(self, on_progress: OnProgress, prepare: Callable[[VirtualWorld], None] | None = None) -> None:
        """Let the run pass from start to end; `prepare` sees the world before its clock runs."""
        for system in self.estate.values():
            system.ledger.listeners.extend(self.listeners)
        world = self.raised()
        self._let_the_oracle_hear_calls()
        if prepare is not None:
            prepare(world)
        with world:
            self.begin(world)
            self.let_strike(self.faults, world, self.healed_us)
            self._pass_time(world, on_progress)

    def _pass_time(self, world: VirtualWorld, on_progress: OnProgress) -> None:
        slice_us = max(_SLICE_US, (self.end_us - self.start_us) // _SLICES_MOST)
        while world.now_us < self.end_us:
            world.run(min(self.end_us, world.now_us + slice_us))
            told = Progress(
                "demand" if world.now_us < self.demand_until_us else "settle",
                world.now_us,
                self.start_us,
                self.end_us,
                self.tallies.accepted,
                self.tallies.unfinished,
            )
            with entropy.exempt():
                on_progress(told)

    def _let_the_oracle_hear_calls(self) -> None:
        timeouts_us = {name: self.scenario.design.call_policy(name).timeout_us for name in self.estate}
        heard = visitor(self.oracle, timeouts_us)
        for system in self.estate.values():
            system.door.visitors.append(heard)
