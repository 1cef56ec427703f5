"""Stock to the channel begins from a warehouse snapshot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.processes.stock_publishing import StockPublishing
from tests.sandbox.core.small_world import SECOND_US, START_US, SmallWorld


class Around:
    """What the process has around it: a warehouse that is away six times, the figures kept of it, the team."""

    loaded = False

    def __init__(self, world: SmallWorld) -> None:
        self._world = world
        self.asked_at_s: list[float] = []

    async def stock(self, errand: Any) -> str:
        """Its snapshot."""
        self.asked_at_s.append((self._world.now_us() - START_US) / SECOND_US)
        if len(self.asked_at_s) < 7:
            raise SystemUnavailable("wms", START_US, "away")
        return "snapshot"

    def hear(self, topic: str, take: Any) -> None:
        """Nobody else tells of movements."""

    async def caught_up(self) -> None:
        """All movements are in."""

    def load(self, snapshot: str) -> None:
        """Take what it is begun from."""
        assert snapshot == "snapshot"
        self.loaded = True


def test_a_warehouse_that_is_away_is_asked_less_and_less_often_up_to_once_a_minute() -> None:
    world = SmallWorld()
    around = Around(world)
    parts: Any = SimpleNamespace(
        ports=SimpleNamespace(clock=world, observer=world),
        records=None,
        sellable=around,
        design=SimpleNamespace(
            safety=SimpleNamespace(versions=True),
            flows=SimpleNamespace(
                stock=SimpleNamespace(listens=False, reconcile=SimpleNamespace(due_us=lambda now_us: now_us))
            ),
        ),
        systems=SimpleNamespace(callers={"wms": SimpleNamespace(policy=SimpleNamespace(staleness_us=0))}, wms=around),
        team=around,
    )
    world.run(StockPublishing(parts).reconcile())
    world.close()
    assert around.asked_at_s == [0, 5, 15, 35, 75, 135, 195]
    assert world.kinds() == ["snapshot.failed"] * 6
