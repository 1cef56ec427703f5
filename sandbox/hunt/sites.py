"""The call sites of a run: every place at which a fault could strike, in the order in which they were met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Answer
from sandbox.hunt.outcome import Site
from sandbox.worlds.virtual.bus import subject_of
from sandbox.worlds.virtual.transaction import MemoryTransaction
from sandbox.worlds.virtual.world import VirtualWorld


class Sites:
    """Listens to doors, webhooks, store and bus of one world."""

    def __init__(self, world: VirtualWorld, estate: Mapping[str, MockSystem]) -> None:
        self.met: list[Site] = []
        self._world = world
        self._steps: dict[tuple[str, str, str, str | None], int] = {}
        for system in estate.values():
            system.door.visitors.append(self._called)
            system.webhooks.observers.append(self._sent)
        world.store.watch = self._committed
        world.bus.watch = self._published

    def _meet(self, kind: str, where: str, name: str, order: str | None, at_us: int) -> None:
        key = (kind, where, name, order)
        step = self._steps[key] = self._steps.get(key, 0) + 1
        self.met.append(Site(kind, where, name, order, step, at_us))

    def _called(self, now_us: int, system: str, operation: str, about: str, answer: Answer) -> None:
        self._meet("call", system, operation, None if about.startswith("/") else about, now_us)

    def _sent(self, now_us: int, system: str, topic: str, order: str | None, outcome: str) -> None:
        if outcome == "sent":
            self._meet("webhook", system, topic, order, now_us)

    def _committed(self, transaction: MemoryTransaction) -> None:
        self._meet("commit", "store", *transaction.subject(), self._world.now_us)

    def _published(self, topic: str, event: Any) -> None:
        self._meet("message", "bus", *subject_of(event), self._world.now_us)
