"""Trade: cases, tax and currencies of a made-up demand, each drawn by its own name."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mock_systems.kit.money import Currencies
from mock_systems.kit.opening import Opening
from mock_systems.kit.streams import Streams
from sandbox.demand import SyntheticDemand, synthetic_demand
from sandbox.demand.orders import DemandOrder
from sandbox.runs.shop_prices import ShopPrices
from tests.sandbox.core.small_world import START_US

TRADE: dict[str, Any] = {
    "units": {"case_share": "30%", "pack": 12},
    "tax": {"reduced_share": "25%"},
    "currencies": {"EUR": "20%", "USD": "5%"},
}


def orders_of(**trade: Any) -> tuple[tuple[DemandOrder, ...], Opening]:
    """A day of three hundred orders."""
    config = SyntheticDemand.model_validate({"orders_per_day": 300, **trade})
    demand = synthetic_demand(config, START_US, 1, Streams(1))
    return demand.orders, demand.opening


def test_shares_are_near_what_was_asked_for_and_currencies_live_where_they_are_used() -> None:
    orders, opening = orders_of(**TRADE)
    lines = [line for order in orders for line in order.lines]
    assert 0.22 < sum(line.pack == 12 for line in lines) / len(lines) < 0.38
    assert {order.currency for order in orders} == {"GBP", "EUR", "USD"}
    assert all(order.ship_to.country in ("IE", "FR", "DE") for order in orders if order.currency == "EUR")
    assert all(order.ship_to.country == "US" for order in orders if order.currency == "USD")
    assert {item.tax_class for item in opening.items} == {"standard", "reduced"}
    assert {item.pack for item in opening.items} == {12}


def test_what_is_not_traded_otherwise_stays_as_it_was() -> None:
    plain, _ = orders_of()
    traded, _ = orders_of(units=TRADE["units"])
    assert [order.at_us for order in plain] == [order.at_us for order in traded]
    for before, after in zip(plain, traded, strict=True):
        for was, line in zip(before.lines, after.lines, strict=True):
            assert line == was or (line.units == -(-was.quantity // 12) and line.price_minor == 12 * was.price_minor)


def test_no_price_is_below_its_floor_in_its_own_currency() -> None:
    orders, opening = orders_of(**TRADE)
    floors = {item.sku: item.floor_minor for item in opening.items}
    currencies = Currencies(opening.currency, opening.exchange_rates)
    for order in orders:
        for line in order.lines:
            floor_minor = currencies.floor_from_base(floors[line.sku] * line.pack, order.currency)
            assert line.price_minor >= floor_minor


def test_shoppers_see_the_shops_prices_of_the_moment() -> None:
    orders, opening = orders_of(**TRADE)
    shown = {item.sku: item for item in opening.items}
    prices = ShopPrices(opening, shown)
    order = next(order for order in orders if any(line.pack > 1 for line in order.lines))
    assert prices.of_today(order) is order
    line = next(line for line in order.lines if line.pack > 1)
    item = shown[line.sku]
    shown[line.sku] = type(item)(item.sku, item.name, 2 * item.price_minor, 2 * item.floor_minor, 1, pack=24)
    (today,) = (each for each in prices.of_today(order).lines if each.sku == line.sku)
    assert (today.pack, today.units, today.price_minor) == (24, line.units, 4 * line.price_minor)


@pytest.mark.parametrize(
    ("trade", "words"),
    [
        ({"currencies": {"EUR": "60%", "USD": "50%"}}, "more than all buyers"),
        ({"currencies": {"GBP": "60%"}}, "own currency"),
        ({"currencies": {"NOK": "10%"}}, "give one in exchange_rates"),
    ],
)
def test_what_can_not_be_meant_is_refused(trade: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SyntheticDemand.model_validate({"orders_per_day": 10, **trade})
