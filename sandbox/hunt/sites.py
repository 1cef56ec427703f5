"""The call sites of a run: every place at which a fault could strike, in the order in which they were met."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Answer
from sandbox.hunt.outcome import Site
from sandbox.worlds.virtual.transaction import MemoryTransaction
from sandbox.worlds.virtual.world import VirtualWorld

_ORDER: Final = re.compile(r"W-\d{6}")


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
        names = sorted({data.table.name for data, _ in transaction.writes})
        found = (_ORDER.search(key) for _, key in transaction.writes)
        order = next((match.group() for match in found if match is not None), None)
        self._meet("commit", "store", "+".join(names), order, self._world.now_us)

    def _published(self, topic: str, event: Any) -> None:
        order = event.get("subject") if isinstance(event, Mapping) else None
        self._meet("message", "bus", topic, order if isinstance(order, str) else None, self._world.now_us)
