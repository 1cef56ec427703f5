"""The facts of all systems as one stream: in order, each once, whoever is away or comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from mock_systems.kit.ledger import Fact
from mock_systems.kit.live.call_book import CallSeen
from sandbox.worlds.live.ledgers import LedgerTail, Reading


class Told:
    """A source that gives one prepared reading after the other, and the last one's time for ever."""

    def __init__(self, system: str, *readings: Reading | None) -> None:
        self.system = system
        self._readings = list(readings)
        self._last_us = 0

    async def read(self) -> Reading | None:
        reading = self._readings.pop(0) if self._readings else Reading([], [], self._last_us)
        if reading is not None:
            self._last_us = reading.complete_us
        return reading


def fact(system: str, seq: int, at_us: int) -> Fact:
    return Fact(seq, at_us, system, "order.accepted", f"E{seq}", None, {}, None, None)


def call(seq: int, at_us: int) -> CallSeen:
    return CallSeen(seq, at_us, "placeOrder", "W-1", 201, 0, None)


def reading(system: str, times: Sequence[int], complete_us: int, first: int = 1, more: bool = False) -> Reading:
    return Reading([fact(system, first + n, at_us) for n, at_us in enumerate(times)], [], complete_us, more)


def heard(looks: int, *sources: Told, ends_us: int | None = None) -> list[tuple[str, int]]:
    tail = LedgerTail(sources, ends_us=ends_us)
    told: list[tuple[str, int]] = []
    tail.facts.append(lambda fact: told.append((fact.system, fact.at_us)))
    tail.calls.append(lambda system, call: told.append((f"{system} call", call.at_us)))

    async def look() -> None:
        for _ in range(looks):
            await tail.look()

    asyncio.run(look())
    return told


def test_nothing_is_told_that_could_still_be_overtaken() -> None:
    erp, wms = (
        Told("erp", reading("erp", [10, 30], 40)),
        Told("wms", reading("wms", [20], 25), reading("wms", [28], 35, 2)),
    )
    assert heard(1, erp, wms) == [("erp", 10), ("wms", 20)]
    erp, wms = (
        Told("erp", reading("erp", [10, 30], 40)),
        Told("wms", reading("wms", [20], 25), reading("wms", [28], 35, 2)),
    )
    assert heard(2, erp, wms) == [("erp", 10), ("wms", 20), ("wms", 28), ("erp", 30)]


def test_a_system_that_is_away_holds_the_stream_up() -> None:
    away = Told("wms", reading("wms", [5], 6), None, reading("wms", [12], 50, 2))
    assert heard(2, Told("erp", reading("erp", [10], 40)), away) == [("wms", 5)]
    away = Told("wms", reading("wms", [5], 6), None, reading("wms", [12], 50, 2))
    assert heard(3, Told("erp", reading("erp", [10], 40)), away) == [("wms", 5), ("erp", 10), ("wms", 12)]


def test_at_one_time_systems_have_an_order_and_facts_come_before_calls() -> None:
    erp = Told("erp", Reading([fact("erp", 1, 7)], [call(1, 7)], 9))
    assert heard(1, Told("commerce", reading("commerce", [7, 7], 9)), erp) == [
        ("commerce", 7),
        ("commerce", 7),
        ("erp", 7),
        ("erp call", 7),
    ]


def test_a_reading_that_is_not_all_is_read_on_at_once_and_the_end_is_kept() -> None:
    pages = Told("erp", reading("erp", [1, 2], 2, more=True), reading("erp", [3, 9], 20, 3))
    assert heard(1, pages, ends_us=9) == [("erp", 1), ("erp", 2), ("erp", 3)]


def test_who_waits_for_a_time_goes_on_when_it_was_told() -> None:
    tail = LedgerTail([Told("erp", reading("erp", [1], 2), reading("erp", [5], 8, 2))], every_s=0.001)

    async def wait() -> int:
        reading_on = asyncio.create_task(tail.run())
        await asyncio.wait_for(tail.heard(6), 30)
        reading_on.cancel()
        await asyncio.gather(reading_on, return_exceptions=True)
        return tail.heard_until_us

    assert asyncio.run(wait()) == 8


def test_what_a_listener_raises_ends_it() -> None:
    def refuse(_: Fact) -> None:
        raise ValueError("no")

    tail = LedgerTail([Told("erp", reading("erp", [1], 2))])
    tail.facts.append(refuse)
    with pytest.raises(ValueError, match="no"):
        asyncio.run(tail.run())
