"""One run in virtual time: a scenario's demand, estate, faults, core and judges, put together and let go."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from mock_systems.kit.ledger import Listener
from mock_systems.kit.physics import MINUTE
from sandbox.core.hub import Hub
from sandbox.faults.carrying_out import FaultsAtWork
from sandbox.runs.estate import build_estate, core_credentials
from sandbox.runs.judges import Judges
from sandbox.runs.judging import context_of
from sandbox.runs.planned_run import PlannedRun
from sandbox.runs.request import OnProgress, Progress
from sandbox.runs.scenario import Scenario
from sandbox.runs.shop_prices import ShopPrices
from sandbox.runs.shoppers import Shoppers
from sandbox.runs.visits import visitor
from sandbox.worlds.virtual import entropy
from sandbox.worlds.virtual.fingerprint import Fingerprint
from sandbox.worlds.virtual.world import Fidelity, VirtualWorld

# Time passes in slices: between two of them progress is told and Ctrl-C heard.
_SLICE_US: Final = 15 * MINUTE
_SLICES_MOST: Final = 2_000
_MISHAPS: Final = frozenset(
    ("rate-limited", "concurrency-limit", "forbidden", "unauthenticated", "failed", "given-up", "unsubscribed")
)


class VirtualRun(PlannedRun):
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
        super().__init__(scenario, seed)
        scenario = self.scenario
        self.fidelity: Fidelity = fidelity
        self.faults = FaultsAtWork(self.plan, scenario.start_us)
        self.estate = build_estate(self.demand.opening, self.streams, scenario.systems, scenario.demand_us)
        judges = self.judges = Judges(context_of(self.plan, scenario), self.end_us - self.start_us)
        self.oracle, self.figures = judges.oracle, judges.figures
        self.tallies, self.books = judges.tallies, judges.books
        self.listeners: list[Listener] = [*judges.listeners]
        self.fingerprint = fingerprint or Fingerprint()
        for system in self.estate.values():
            system.ledger.keeps = keeps_facts
        self.world: VirtualWorld | None = None
        self.shoppers: Shoppers | None = None

    def go(self, on_progress: OnProgress, prepare: Callable[[VirtualWorld], None] | None = None) -> None:
        """Let the run pass from start to end; `prepare` sees the world before its clock runs."""
        for system in self.estate.values():
            system.ledger.listeners.extend(self.listeners)
        world = self.world = VirtualWorld(
            self.estate.values(),
            self.streams,
            start_us=self.start_us,
            fidelity=self.fidelity,
            fingerprint=self.fingerprint,
        )
        self._note_what_goes_wrong(world)
        self._let_the_oracle_hear_calls()
        if prepare is not None:
            prepare(world)
        credentials, design = core_credentials(self.scenario.systems), self.scenario.design
        with world:
            world.start_core(lambda ports: Hub(ports, design, credentials))
            prices = ShopPrices(self.demand.opening, self.estate["commerce"].books.items)
            door = world.network.hosts["commerce"].exchange
            self.shoppers = Shoppers(self.demand.orders, world.env, door, prices.of_today)
            self.shoppers.start()
            self.faults.begin(world, self.estate, world.note)
            world.at(self.healed_us, lambda: self.faults.heal(world, self.estate))
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

    def _note_what_goes_wrong(self, world: VirtualWorld) -> None:
        for system in self.estate.values():
            system.door.alarms.append(partial(_note_mishap, world, "call"))
            system.webhooks.alarms.append(partial(_note_mishap, world, "webhook"))


def _note_mishap(
    world: VirtualWorld, what: str, now_us: int, system: str, which: str, order: str | None, outcome: str
) -> None:
    """Note a call turned away at the door, or a webhook that failed; faults are noted by who carries them out."""
    if outcome in _MISHAPS:
        world.note("network", f"{what}.{outcome}", f"{system} {which}", order, {"system": system})
