"""The stage of a run in virtual time: demand, systems, world, core and shoppers, before anybody judges."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Final

from mock_systems.kit.streams import Streams
from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.ports import Ports
from sandbox.core.systems.credentials import Credential
from sandbox.faults.carrying_out import FaultsAtWork
from sandbox.faults.plan import FaultPlan
from sandbox.runs.estate import build_estate, core_credentials
from sandbox.runs.planned_run import PlannedRun
from sandbox.runs.scenario import Scenario
from sandbox.runs.shop_prices import ShopPrices
from sandbox.runs.shoppers import Shoppers
from sandbox.worlds.virtual.fingerprint import Fingerprint
from sandbox.worlds.virtual.incarnation import Hub as Core
from sandbox.worlds.virtual.latency import NetworkConfig
from sandbox.worlds.virtual.ties import TiesOf
from sandbox.worlds.virtual.world import Fidelity, VirtualWorld

CoreMaker = Callable[[Ports, Design, Mapping[str, Credential]], Core]
"""Makes a core of what the world gives it, its design, and what it shows at the systems' doors."""

_MISHAPS: Final = frozenset(
    ("rate-limited", "concurrency-limit", "forbidden", "unauthenticated", "failed", "given-up", "unsubscribed")
)
_SLOW: Final = NetworkConfig(latency_us_min=100_000, latency_us_mean=600_000)


class StagedRun(PlannedRun):
    """Making one reads the demand and draws the plan; `raised` makes the world, `begin` brings core and shoppers.

    `core` makes the core; the reference core is the usual one. Without `keeps_facts` the ledgers keep none: most of a
    long run's memory. Raises InputError.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        fidelity: Fidelity = "direct",
        fingerprint: Fingerprint | None = None,
        *,
        keeps_facts: bool = True,
        core: CoreMaker = Hub,
        plan: FaultPlan | None = None,
        orders: Collection[str] | None = None,
    ) -> None:
        super().__init__(scenario, seed, plan, orders)
        self.fidelity: Fidelity = fidelity
        self.faults = FaultsAtWork(self.plan, self.scenario.start_us)
        self.estate = build_estate(self.demand.opening, self.streams, self.scenario.systems, self.scenario.demand_us)
        self.fingerprint = fingerprint or Fingerprint()
        for system in self.estate.values():
            system.ledger.keeps = keeps_facts
        self._core = core
        self.world: VirtualWorld | None = None
        self.shoppers: Shoppers | None = None

    def raised(self, ties: TiesOf | None = None, luck: int = 0) -> VirtualWorld:
        """The world of this run, before its clock runs; `ties` decides who goes first among who is ready at once.

        Another `luck` than 0 draws anew how long the network and the core's waits take; each second one has the network
        fifty times as slow, as it is to processes whose time runs fast.
        """
        world = self.world = VirtualWorld(
            self.estate.values(),
            Streams(f"{self.seed}/luck-{luck}") if luck else self.streams,
            start_us=self.start_us,
            fidelity=self.fidelity,
            fingerprint=self.fingerprint,
            network=_SLOW if luck % 2 else None,
            ties=ties,
        )
        for system in self.estate.values():
            system.door.alarms.append(partial(_note_mishap, world, "call"))
            system.webhooks.alarms.append(partial(_note_mishap, world, "webhook"))
        return world

    def begin(self, world: VirtualWorld) -> None:
        """Start the core, and let the shoppers come."""
        credentials, design, core = core_credentials(self.scenario.systems), self.scenario.design, self._core
        world.start_core(lambda ports: core(ports, design, credentials))
        prices = ShopPrices(self.demand.opening, self.estate["commerce"].books.items)
        door = world.network.hosts["commerce"].exchange
        self.shoppers = Shoppers(self.demand.orders, world.env, door, prices.of_today)
        self.shoppers.start()

    def let_strike(self, faults: FaultsAtWork, world: VirtualWorld, healed_us: int) -> None:
        """Have faults carried out from now on, and all taken off at `healed_us`."""
        faults.begin(world, self.estate, world.note)
        world.at(healed_us, lambda: faults.heal(world, self.estate))


def _note_mishap(
    world: VirtualWorld, what: str, now_us: int, system: str, which: str, order: str | None, outcome: str
) -> None:
    """Note a call turned away at the door, or a webhook that failed; faults are noted by who carries them out."""
    if outcome in _MISHAPS:
        world.note("network", f"{what}.{outcome}", f"{system} {which}", order, {"system": system})
