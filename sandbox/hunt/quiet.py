"""Whether anything is still under way in a run whose faults are over: if not, it is judged as at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mock_systems.kit.ledger import Fact
from mock_systems.kit.physics import HOUR
from mock_systems.kit.system import MockSystem
from sandbox.oracle.oracle import Oracle
from sandbox.worlds.virtual.world import VirtualWorld

STILL_US: Final = 3 * HOUR
"""For so long no fact has come about: longer than what is done in rounds through the day."""


class Quiet:
    """Hears each fact; `is_quiet` looks at the rest."""

    def __init__(self, oracle: Oracle, world: VirtualWorld, estate: Mapping[str, MockSystem]) -> None:
        self._oracle = oracle
        self._world = world
        self._estate = estate
        self._last_us = 0
        self._parcels: set[str] = set()

    def hear(self, fact: Fact) -> None:
        """One fact: what was last, and which parcels are under way."""
        self._last_us = fact.at_us
        kind = fact.kind
        if kind == "label.bought":
            self._parcels.add(fact.entity)
        elif kind == "label.voided":
            self._parcels.discard(fact.entity)
        elif kind == "parcel.scanned" and fact.data["status"] == "delivered":
            self._parcels.discard(fact.data["label"])

    def is_quiet(self, *, parcels_too: bool) -> bool:
        """Every order at its end, nothing owed, nothing on its way, no fact for hours; and every parcel delivered."""
        world, oracle = self._world, self._oracle
        if (parcels_too and self._parcels) or world.now_us - self._last_us < STILL_US or world.core is None:
            return False
        if world.network.in_flight or world.inbound.traffic.in_flight or world.bus.backlog():
            return False
        oracle.pass_to(world.now_us)
        cases = oracle.cases
        if any(cases.surfaced.values()) or any(monitor.pending for monitor in oracle.monitors):
            return False
        if any(system.webhooks.under_way for system in self._estate.values()):
            return False
        return all(case.accepted is None or case.is_over for case in cases.by_order.values())
