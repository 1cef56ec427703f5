"""Stock to the channel begins from a warehouse snapshot."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.core.model.inventory import SiteStock
from sandbox.core.policies import cadence
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.processes.sellable import Sellable
from sandbox.core.processes.stock_publishing import StockPublishing
from tests.sandbox.core.small_world import SECOND_US, START_US, SmallWorld


class Around:
    """What the process has around it: a warehouse that is away six times, the figures kept of it, the team."""

    loaded = False

    def __init__(self, world: SmallWorld, away: int = 6) -> None:
        self._world = world
        self._away = away
        self.asked_at_s: list[float] = []
        self.doubted = asyncio.Event()

    async def stock(self, errand: Any) -> str:
        """Its snapshot."""
        self.asked_at_s.append((self._world.now_us() - START_US) / SECOND_US)
        if len(self.asked_at_s) <= self._away:
            raise SystemUnavailable("wms", START_US, "away")
        if self.loaded:
            raise LookupError("it was asked once more")
        return "snapshot"

    def hear(self, topic: str, take: Any) -> None:
        """Nobody else tells of movements."""

    async def caught_up(self) -> None:
        """All movements are in."""

    def load(self, snapshot: str) -> None:
        """Take what it is begun from."""
        assert snapshot == "snapshot"
        self.loaded = True


def parts_of(world: SmallWorld, around: Around, *, listens: bool, staleness_us: int, every_us: int) -> Any:
    """What the process is made from."""
    return SimpleNamespace(
        ports=SimpleNamespace(clock=world, observer=world),
        records=None,
        sellable=around,
        design=SimpleNamespace(
            safety=SimpleNamespace(versions=True),
            flows=SimpleNamespace(
                stock=SimpleNamespace(
                    listens=listens, reconcile=SimpleNamespace(due_us=lambda now_us: now_us + every_us)
                )
            ),
        ),
        systems=SimpleNamespace(
            callers={"wms": SimpleNamespace(policy=SimpleNamespace(staleness_us=staleness_us))}, wms=around
        ),
        team=around,
    )


def test_a_warehouse_that_is_away_is_asked_less_and_less_often_up_to_once_a_minute() -> None:
    world = SmallWorld()
    around = Around(world)
    parts = parts_of(world, around, listens=False, staleness_us=0, every_us=0)
    world.run(StockPublishing(parts).reconcile())
    world.close()
    assert around.asked_at_s == [0, 5, 15, 35, 75, 135, 195]
    assert world.kinds() == ["snapshot.failed"] * 6


def test_the_first_comparison_comes_when_what_was_taken_up_is_no_longer_too_young_for_it() -> None:
    world = SmallWorld()
    around = Around(world, away=0)
    parts = parts_of(world, around, listens=True, staleness_us=120 * SECOND_US, every_us=3_600 * SECOND_US)
    with pytest.raises(LookupError):
        world.run(StockPublishing(parts).reconcile())
    world.close()
    assert around.asked_at_s == [0, 180]


class AtOnce:
    """What is around a process that publishes at once, to a shop that is away."""

    def __init__(self, world: SmallWorld) -> None:
        self._world = world
        self.sellable = Sellable(0)
        self.sellable.load([SiteStock("LDS", "SKU-1", on_hand=5, reserved=0, sequence=1)])
        self.asked_at_s: list[float] = []

    async def run(self, work: Any) -> int:
        """A transaction of the core's: the number of a publication."""
        return 1

    async def publish_stock(self, *told: Any) -> None:
        """The shop is away six times, and then that is enough."""
        self.asked_at_s.append((self._world.now_us() - START_US) / SECOND_US)
        if len(self.asked_at_s) > 6:
            raise LookupError("that is enough")
        raise SystemUnavailable("commerce", START_US, "away")

    def hear(self, topic: str, take: Any) -> None:
        """Nobody else tells of movements."""

    def parts(self) -> Any:
        """What the process is made from."""
        return SimpleNamespace(
            ports=SimpleNamespace(clock=self._world, observer=self._world),
            records=SimpleNamespace(cursors=None, journal=self, leases=SimpleNamespace(partitions=1)),
            sellable=self.sellable,
            watermark=SimpleNamespace(reached=0),
            design=SimpleNamespace(
                safety=SimpleNamespace(versions=True),
                flows=SimpleNamespace(stock=SimpleNamespace(listens=True, when=cadence.AtOnce())),
            ),
            systems=SimpleNamespace(
                callers={"wms": SimpleNamespace(policy=SimpleNamespace(staleness_us=0))}, commerce=self
            ),
            team=self,
        )


def test_what_is_published_at_once_is_tried_again_later_and_later_while_the_shop_is_away() -> None:
    world = SmallWorld()
    around = AtOnce(world)
    with pytest.raises(LookupError):
        world.run(StockPublishing(around.parts()).publish())
    world.close()
    assert around.asked_at_s == [0, 1, 3, 7, 15, 30, 45]
    assert world.kinds() == ["publication.failed"] * 6
