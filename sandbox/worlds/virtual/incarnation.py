"""One life of the core: from its start to its power cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from mock_systems.kit.streams import Streams
from sandbox.core.ports import Bus, Clock, Http, HttpReply, HttpRequest, Ports, Store
from sandbox.worlds.virtual.clock import VirtualClock
from sandbox.worlds.virtual.ids import EpochIds
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.notes import CoreNotes, Noting


class Hub(Protocol):
    """The sync core as the world sees it."""

    @property
    def is_ready(self) -> bool:
        """Whether it is at work, having recovered."""

    async def run(self) -> None:
        """Recover, then work until the power is cut; it ends by itself when another core has taken over."""

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Answer a call from outside, a webhook for one."""


def _nothing() -> None:
    """What a world without a supervisor does when a core exits."""


CoreFactory = Callable[[Ports], Hub]


class Incarnation:
    """The core with this `epoch`; its ports refuse when it is `dead`."""

    def __init__(
        self,
        loop: VirtualLoop,
        http: Mapping[str, Http],
        store: Store,
        bus: Bus,
        streams: Streams,
        noting: Noting,
        *,
        instance: str = "core-1",
        clock: Clock | None = None,
    ) -> None:
        self.loop = loop
        steady = VirtualClock(loop.kernel)
        ids, notes = EpochIds(loop.epoch), CoreNotes(noting)
        self.ports = Ports(http, store, bus, clock or steady, streams, ids, notes, steady, instance)
        self.hub: Hub | None = None
        self.exited: Callable[[], None] = _nothing

    @property
    def epoch(self) -> int:
        """Counts the incarnations of a run from 1."""
        return self.loop.epoch

    @property
    def dead(self) -> bool:
        """Whether its power was cut."""
        return self.loop.dead

    def start(self, factory: CoreFactory) -> None:
        """Make the core and let it run."""
        self.hub = factory(self.ports)
        self.loop.create_task(self._live(self.hub), name=f"core {self.epoch}")

    async def _live(self, hub: Hub) -> None:
        await hub.run()
        self.loop.kernel.at(self.loop.kernel._now, self.exited)
