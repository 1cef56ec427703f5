"""What a run is before it goes on: the same in both worlds, drawn from the scenario and the seed alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mock_systems.kit.streams import Streams
from sandbox.core.knobs import with_knobs
from sandbox.demand import Demand, DemandSpike, with_changes, with_returns, with_spikes
from sandbox.faults.carrying_out import Spike, spikes_of
from sandbox.faults.plan import FaultPlan
from sandbox.runs.scenario import History, Scenario


class PlannedRun:
    """A scenario with its knobs turned, its faults drawn, its demand read, and its phases in microseconds since 1970.

    `plan` takes the place of the scenario's own faults; of its orders only those whose reference is in `orders` are
    placed (None: all). Raises InputError.
    """

    fidelity: str

    def __init__(
        self, scenario: Scenario, seed: int, plan: FaultPlan | None = None, orders: Collection[str] | None = None
    ) -> None:
        self.knobs = scenario.knobs(seed)
        self.scenario = scenario = replace(scenario, design=with_knobs(scenario.design, self.knobs))
        self.seed = seed
        self.streams = Streams(seed)
        self.plan = scenario.plan(seed) if plan is None else plan
        self.start_us = scenario.begin_us
        self.demand_until_us = scenario.start_us + scenario.span_us
        self.healed_us = max(self.demand_until_us, scenario.start_us + self.plan.heal_us)
        self.end_us = self.healed_us + scenario.settle_us
        demand = demand_of(scenario, spikes_of(self.plan, scenario.start_us), self.streams)
        if orders is not None:
            demand = replace(demand, orders=tuple(order for order in demand.orders if order.reference in orders))
        self.demand = demand


def demand_of(scenario: Scenario, spikes: tuple[Spike, ...], streams: Streams) -> Demand:
    """A scenario's orders with spikes, changes of mind and returns. Raises InputError."""
    source = scenario.demand
    demand = scenario.base_demand(streams)
    found = [DemandSpike(spike.from_us, spike.until_us, spike.factor) for spike in spikes]
    demand = with_spikes(demand, found, streams) if found else demand
    block = source.config if isinstance(source, History) else source
    if block.changes is not None:
        demand = with_changes(demand, block.changes, streams)
    return demand if block.returns is None else with_returns(demand, block.returns, streams)
