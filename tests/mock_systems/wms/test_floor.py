"""The floor: opening hours, waves, people and trucks; a whole day, an overload, and draws that nothing shifts."""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.ledger import Fact
from mock_systems.kit.opening import Site
from mock_systems.kit.physics import DAY, HOUR, MINUTE
from mock_systems.wms.floor_config import FloorConfig
from mock_systems.wms.trucks import leaves_at
from tests.mock_systems.wms.warehouse import MONDAY_US, SITES, SKUS, Warehouse, line


class CountedClock(simpy.Environment):
    """Counts the kernel's events."""

    events = 0

    def step(self) -> None:
        self.events += 1
        super().step()


def hour_of_day(fact: Fact) -> float:
    """The fact's hour, with its fraction."""
    return fact.at_us % DAY / HOUR


def order_of(number: int) -> tuple[str, str, list[dict[str, Any]]]:
    """An order for some site with one to three lines."""
    lines = [line(n + 1, SKUS[(number + n) % 3], 1 + number % 4) for n in range(1 + number % 3)]
    return f"W-{number:06d}", SITES[number % 3], lines


def test_a_day_of_500_orders_ships_whole() -> None:
    house = Warehouse(quantity=5000)
    house.label_when_packed()
    shipped: list[str] = []
    house.wms.on_departure.append(lambda trackings, now_us: shipped.extend(trackings))
    for number in range(500):
        house.env.run(until=house.now_us + 100_000_000)  # 13.9 hours in all
        order, site, lines = order_of(number)
        house.send_out(order, site, *lines)
    house.run_until(8, day=1)
    kinds = Counter(fact.kind for fact in house.facts())
    assert [kinds[f"outbound.{step}"] for step in ("received", "picked", "packed", "labelled", "shipped")] == [500] * 5
    assert len(shipped) == len(set(shipped)) == 500
    assert all(house.stock(site, sku)[1] == 0 for site in SITES for sku in SKUS)


def test_outside_the_opening_hours_no_job_is_begun() -> None:
    house = Warehouse(quantity=5000, floor=FloorConfig(pickers=1, packers=1, spread=0))
    house.label_when_packed()
    house.run_until(19.6)
    for number in range(0, 300, 3):
        house.send_out(*order_of(number)[:2])
    house.run_until(23, day=1)
    waves = house.facts("wave.released")
    assert [hour_of_day(fact) for fact in waves] == [19.75]
    # 100 one-line orders of one unit: 56 s to pick, 65 s to pack. What was begun before 20:00 is finished after it.
    picked = [hour_of_day(fact) for fact in house.facts("outbound.picked")]
    packed = [hour_of_day(fact) for fact in house.facts("outbound.packed")]
    tonight = [hour for hour in picked if hour < 24 and hour > 19]
    assert len(tonight) == 15 * 60 // 56 + 1
    assert max(tonight) <= 20 + 56 / 3600
    assert max(hour for hour in packed if hour > 19) <= 20 + 65 / 3600
    assert min(hour for hour in picked if hour < 19) == pytest.approx(6 + 56 / 3600)
    assert len(picked) == len(packed) == 100


def test_waves_take_all_that_waits_every_quarter_and_export_goes_first() -> None:
    house = Warehouse(floor=FloorConfig(pickers=1, spread=0))
    home = [house.send_out("W-000001"), house.send_out("W-000002")]
    abroad = house.send_out("W-000003", country="FR")
    house.run_until(6.1)
    later = house.send_out("W-000004")
    house.run_until(8)
    waves = house.facts("wave.released")
    assert [(fact.entity, hour_of_day(fact)) for fact in waves] == [("WAV-LDS-0001", 6), ("WAV-LDS-0002", 6.25)]
    assert waves[0].data["outbound_orders"] == [abroad, *home]
    assert [fact.entity for fact in house.facts("outbound.picked")] == [abroad, *home, later]


@given(hour=st.integers(0, 23), opens=st.integers(0, 22), length=st.integers(1, 24))
def test_trucks_leave_from_an_hour_after_opening_to_an_hour_after_close(hour: int, opens: int, length: int) -> None:
    closes = min(opens + length, 24)
    site = Site("LDS", "Leeds", opens_hour=opens, closes_hour=closes)
    departures = {departure % 24 for departure in range(opens + 1, closes + 2)}
    assert leaves_at(site, MONDAY_US + hour * HOUR) == (hour in departures)


def test_a_truck_takes_what_is_labelled_and_leaves_the_rest() -> None:
    house = Warehouse()
    loads: list[tuple[list[str], int]] = []
    house.wms.on_departure.append(lambda trackings, now_us: loads.append((trackings, now_us)))
    first, second = house.send_out("W-000001"), house.send_out("W-000002")
    house.run_until(6.9)
    house.label(first)
    house.run_until(7.5)
    house.label(second)
    house.run_until(12)
    assert loads == [([f"TRK-{first}"], MONDAY_US + 7 * HOUR), ([f"TRK-{second}"], MONDAY_US + 8 * HOUR)]


def test_what_is_labelled_after_the_last_truck_leaves_with_the_first_one() -> None:
    house = Warehouse()
    number = house.send_out("W-000001")
    house.run_until(21.5)
    house.label(number)
    house.run_until(12, day=1)
    assert [fact.at_us for fact in house.facts("outbound.shipped")] == [MONDAY_US + DAY + 7 * HOUR]


def costs_of_an_overload(orders: int) -> tuple[float, float]:
    """Kernel events and function calls for each of so many orders, which all wait for four people at one site."""
    clock = CountedClock(initial_time=MONDAY_US + 5 * HOUR)
    house = Warehouse(quantity=10**6, floor=FloorConfig(pickers=4, packers=4), env=clock)
    house.wms.webhooks.transport = lambda url, request, done: done(204)
    for number in range(orders):
        house.send_out(f"W-{number:06d}")
    calls = 0

    def count(frame: FrameType, event: str, arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    events = clock.events
    sys.setprofile(count)
    try:
        house.run_until(20, day=1)
    finally:
        sys.setprofile(None)
    assert len(house.facts("outbound.packed")) == orders
    return (clock.events - events) / orders, calls / orders


def test_the_floor_is_linear_under_overload() -> None:
    few, many = costs_of_an_overload(300), costs_of_an_overload(3000)
    assert many[0] <= few[0]
    assert many[1] <= few[1]


def books_of(seed: int, *, extra: bool = False) -> list[Fact]:
    """The facts of a busy morning at one site, with or without an order that concerns nobody else."""
    house = Warehouse(seed=seed, quantity=5000, floor=FloorConfig(pickers=50, packers=50))
    house.label_when_packed()
    for number in range(40):
        if extra and number == 3:
            house.send_out("W-EXTRA", "LDS", line(1, "CUP", 1))
        order, _, lines = order_of(number)
        house.send_out(order, "LDS", *lines)
    house.run_until(9)
    return house.facts()


def test_the_same_seed_gives_the_same_facts_and_another_one_others() -> None:
    assert books_of(1) == books_of(1)
    assert books_of(1) != books_of(2)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_one_more_order_shifts_no_other_orders_draws(seed: int) -> None:
    def times(facts: list[Fact]) -> dict[tuple[str | None, str], int]:
        steps = ("outbound.picked", "outbound.packed")
        return {(fact.order, fact.kind): fact.at_us for fact in facts if fact.kind in steps}

    without, with_it = times(books_of(seed)), times(books_of(seed, extra=True))
    assert len(with_it) == len(without) + 2
    assert {key: with_it[key] for key in without} == without


@pytest.mark.parametrize(
    "wrong",
    [{"pickers": 0}, {"packers": -1}, {"wave_every_us": 7 * MINUTE}, {"spread": -0.1}, {"pick_line_us": -1}],
)
def test_a_floor_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        FloorConfig(**wrong)
