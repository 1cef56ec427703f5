"""What a history does not tell is derived from it by the rules that are told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.demand.derivation import OpeningRules, derive_opening, drawn_share, stock_for
from sandbox.demand.history import names_of
from sandbox.demand.orders import DemandLine, DemandOrder, ShipTo
from sandbox.demand.people import People

DAY_US = 86_400_000_000


def order(number: int, customer: str | None, *lines: tuple[str, int, int], at_us: int = 0) -> DemandOrder:
    return DemandOrder(
        at_us=at_us or number,
        reference=f"N{number}",
        customer=customer,
        payment="account" if customer else "card",
        currency="GBP",
        ship_to=ShipTo(f"Name of {customer}", "GB", "AB1 2CD"),
        lines=tuple(DemandLine(*line) for line in lines),
    )


def test_prices_are_the_most_frequent_and_the_lowest() -> None:
    sold = [order(n, None, ("A", 1, price)) for n, price in enumerate((250, 300, 200, 300, 900), start=1)]
    tied = [order(n, None, ("B", 1, price)) for n, price in enumerate((80, 70, 80, 70), start=9)]
    opening = derive_opening(sold + tied, {"A": "Anvil"}, "GBP", OpeningRules(), Streams(1))
    anvil, unnamed = opening.items
    assert (anvil.name, anvil.price_minor, anvil.floor_minor, anvil.cost_minor) == ("Anvil", 300, 200, 180)
    assert (unnamed.name, unnamed.price_minor, unnamed.floor_minor) == ("B", 70, 70)
    assert all(40 <= item.weight_g <= 2000 for item in opening.items)


def test_names_are_the_most_frequent() -> None:
    counted = {("A", "check"): 1, ("A", "ANVIL"): 5, ("A", ""): 9, ("B", "y"): 2, ("B", "x"): 2}
    assert names_of(counted) == {"A": "ANVIL", "B": "x"}


def test_a_credit_limit_is_three_orders_and_a_month() -> None:
    orders = [order(1, "K1", ("A", 10, 1000), at_us=DAY_US), order(2, "K1", ("A", 5, 1000), at_us=11 * DAY_US)]
    rules = OpeningRules(tight_credit_share=0)
    account = derive_opening(orders, {}, "GBP", rules, Streams(1)).customers[0]
    assert account.credit_limit_minor == 3 * 10_000 + 15_000 * 30 // 10 + 5_000  # rounded up to whole hundreds
    assert (account.customer, account.name, account.payment) == ("K1", "Name of K1", "account")
    tight = derive_opening(orders, {}, "GBP", OpeningRules(tight_credit_share=1), Streams(1)).customers[0]
    assert tight.credit_limit_minor == 8_000


@settings(max_examples=60, deadline=None)
@given(
    units=st.dictionaries(st.text("ABC", min_size=1, max_size=4), st.integers(1, 5000), min_size=1, max_size=20),
    cover=st.floats(0.5, 3),
    seed=st.integers(0, 2**32),
)
def test_stock_covers_the_units_to_the_piece(units: dict[str, int], cover: float, seed: int) -> None:
    rules = OpeningRules(cover=cover, short_share=0, two_site_share=0.3)
    totals: dict[str, int] = {}
    for stock in stock_for(units, rules, Streams(seed)).stock:
        assert stock.quantity >= 0
        totals[stock.sku] = totals.get(stock.sku, 0) + stock.quantity
    assert all(0 <= totals[sku] - cover * count < 1 for sku, count in units.items())
    assert set(totals) == set(units)


def test_one_more_item_moves_no_others_stock() -> None:
    rules = OpeningRules(short_share=0, two_site_share=0)
    few = stock_for({"A": 100, "C": 70}, rules, Streams(1)).stock
    more = stock_for({"A": 100, "B": 5, "C": 70}, rules, Streams(1)).stock
    assert few == tuple(stock for stock in more if stock.sku != "B")


@pytest.mark.parametrize(("share", "count"), [(0, 0), (0.001, 1), (0.05, 5), (1, 100)])
def test_a_share_is_drawn_to_the_piece(share: float, count: int) -> None:
    keys = [f"K{number}" for number in range(100)]
    drawn = drawn_share(keys, share, Streams(4), "any")
    assert len(drawn) == count
    assert drawn == sorted(drawn, key=keys.index)


def test_names_and_postcodes_are_the_same_for_the_same_key() -> None:
    people, again = People(Streams(1)), People(Streams(1))
    assert people.company("17850") == again.company("17850")
    assert people.person("536365") == again.person("536365")
    assert people.postcode("DE", "1").isdigit()
    assert not people.postcode("GB", "1").isdigit()
