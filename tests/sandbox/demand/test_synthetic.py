"""Synthetic demand: its season, its sizes, and that more of it shifts nothing."""

from collections import Counter
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mock_systems.kit.streams import Streams
from sandbox.demand import Demand, SyntheticDemand, synthetic_demand
from sandbox.demand.profiles import PROFILES

MONDAY_US = 1_321_228_800_000_000
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


def drawn(days: int = 1, seed: int = 7, start_us: int = MONDAY_US, **figures: object) -> Demand:
    config = SyntheticDemand.model_validate({"orders_per_day": 400, **figures})
    return synthetic_demand(config, start_us, days, Streams(seed))


@pytest.fixture(scope="module")
def fortnight() -> Demand:
    return drawn(days=14, orders_per_day=1000, skus=200, customers=100)


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_hours_and_weekdays_follow_the_profile(profile: str) -> None:
    demand = drawn(days=14, orders_per_day=500, profile=profile)
    shape = PROFILES[profile]
    days = Counter(order.at_us // DAY_US % 7 for order in demand.orders)
    hours = Counter(order.at_us % DAY_US // HOUR_US for order in demand.orders)
    halves = Counter(order.at_us % HOUR_US * 2 // HOUR_US for order in demand.orders)
    assert abs(halves[0] - halves[1]) <= 4.5 * sqrt(len(demand.orders))
    for weekday in range(7):
        expected = 2 * 500 * shape.weekdays[weekday]
        assert abs(days[(MONDAY_US // DAY_US + weekday) % 7] - expected) <= 4.5 * sqrt(expected)
    for hour in range(24):
        expected = 2 * 500 * sum(shape.weekdays) * shape.hours[hour] / sum(shape.hours)
        assert abs(hours[hour] - expected) <= 4.5 * sqrt(expected)


def test_sizes_and_shares_are_those_asked_for(fortnight: Demand) -> None:
    orders = fortnight.orders
    assert sum(len(order.lines) for order in orders) / len(orders) == pytest.approx(2.2, rel=0.05)
    accounts = [order for order in orders if order.payment == "account"]
    assert len(accounts) / len(orders) == pytest.approx(0.6, abs=0.02)
    quantities = [line.quantity for order in orders if order.payment == "card" for line in order.lines]
    assert sum(quantities) / len(quantities) == pytest.approx(2.0, rel=0.05)
    assert all(len({line.sku for line in order.lines}) == len(order.lines) for order in orders)


def test_items_are_popular_by_zipfs_law(fortnight: Demand) -> None:
    sold = Counter(line.sku for order in fortnight.orders for line in order.lines)
    assert sold["SKU-0001"] / sold["SKU-0010"] == pytest.approx(10, rel=0.4)
    assert sold["SKU-0010"] > 2 * sold["SKU-0100"]


def test_prices_lie_between_floor_and_list_and_some_accounts_will_be_held(fortnight: Demand) -> None:
    items = {item.sku: item for item in fortnight.opening.items}
    assert all(
        items[line.sku].floor_minor <= line.price_minor <= items[line.sku].price_minor
        for order in fortnight.orders
        for line in order.lines
    )
    guests = [line for order in fortnight.orders if order.customer is None for line in order.lines]
    assert all(line.price_minor == items[line.sku].price_minor for line in guests)
    limits = {customer.customer: customer.credit_limit_minor for customer in fortnight.opening.customers}
    assert len(limits) == 100
    held = {o.customer for o in fortnight.orders if o.customer is not None and o.total_minor > limits[o.customer]}
    assert len(held) == 5


def test_every_item_has_stock_at_two_or_three_sites_in_uneven_shares(fortnight: Demand) -> None:
    sites: dict[str, list[int]] = {}
    for stock in fortnight.opening.stock:
        sites.setdefault(stock.sku, []).append(stock.quantity)
    assert set(sites) == {item.sku for item in fortnight.opening.items}
    assert Counter(len(quantities) for quantities in sites.values()) == {3: 170, 2: 30}
    assert sum(max(quantities) > sum(quantities) / 2 for quantities in sites.values()) > 20


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), days=st.integers(2, 4), factor=st.floats(1.0, 3.0))
def test_more_days_or_orders_shift_no_others(seed: int, days: int, factor: float) -> None:
    one = drawn(seed=seed, orders_per_day=60)
    longer = drawn(seed=seed, days=days, orders_per_day=60)
    assert longer.orders[: len(one.orders)] == one.orders
    busier = {order.reference: order for order in drawn(seed=seed, orders_per_day=60 * factor).orders}
    for order in one.orders:
        assert (busier[order.reference].lines, busier[order.reference].ship_to) == (order.lines, order.ship_to)


def test_the_same_seed_gives_the_same_demand_and_another_seed_another() -> None:
    assert drawn(seed=1) == drawn(seed=1)
    assert drawn(seed=1).orders != drawn(seed=2).orders


def test_a_run_may_begin_within_a_day() -> None:
    noon_us = MONDAY_US + 12 * HOUR_US
    demand = drawn(start_us=noon_us)
    assert all(noon_us <= order.at_us < noon_us + DAY_US for order in demand.orders)
    whole = {order.reference: order.at_us for order in drawn(days=2).orders}
    assert all(whole[order.reference] == order.at_us for order in demand.orders)


def test_postcodes_fit_their_country(fortnight: Demand) -> None:
    places = {(order.ship_to.country, order.ship_to.postcode) for order in fortnight.orders}
    assert {country for country, _ in places} > {"GB"}
    assert all((country == "GB") != postcode.isdigit() for country, postcode in places)


def test_one_item_and_no_customers_are_enough() -> None:
    demand = drawn(skus=1, customers=0, lines=5)
    assert {order.payment for order in demand.orders} == {"card"}
    assert all(len(order.lines) == 1 for order in demand.orders)
    assert demand.opening.customers == ()
    assert demand.account.is_balanced


def test_an_order_is_what_the_shop_takes() -> None:
    body = drawn().orders[0].as_request()
    assert sorted(body) == ["currency", "customer", "lines", "payment", "reference", "ship_to"]
    assert sorted(body["lines"][0]) == ["price_minor", "quantity", "sku"]


@pytest.mark.parametrize(
    "figures", [{"orders_per_day": 0}, {"profile": "noon"}, {"skus": 0}, {"account_share": 1.5}, {"sku": 5}]
)
def test_figures_that_make_no_sense_are_refused(figures: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        drawn(**figures)
