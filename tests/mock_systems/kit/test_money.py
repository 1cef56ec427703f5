"""Exact money: parts sum to the whole, taxes are rounded line by line, conversions never cross a floor."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.money import Currencies, PricedLine, TaxTable, net_of, part, part_of, tax_on, total_of
from mock_systems.kit.opening import ExchangeRate, TaxRate

AMOUNTS = st.integers(0, 10**12)
PACKS = st.integers(2, 144)


@given(AMOUNTS, st.lists(st.integers(1, 5000), min_size=1, max_size=12))
def test_parts_sum_exactly_to_the_whole(amount_minor: int, quantities: list[int]) -> None:
    ordered, done, parts = sum(quantities), 0, []
    for quantity in quantities:
        parts.append(part(amount_minor, done, done + quantity, ordered))
        done += quantity
    assert sum(parts) == amount_minor
    assert min(parts) >= 0
    for amount, quantity in zip(parts, quantities, strict=True):
        assert abs(amount - Fraction(amount_minor * quantity, ordered)) < 1, "no part is a cent off its share"


@given(st.integers(1, 40), PACKS, st.integers(0, 10**6), st.integers(0, 5000), st.data())
def test_a_case_line_shipped_in_pieces_comes_to_its_net_and_tax(
    cases: int, pack: int, price_minor: int, tax_minor: int, data: st.DataObject
) -> None:
    line: PricedLine = {
        "line": 1, "sku": "MUG", "quantity": cases * pack, "price_minor": price_minor, "uom": "CS", "pack": pack,
        "tax_minor": tax_minor,
    }  # fmt: skip
    assert net_of(line) == cases * price_minor
    cuts = sorted(data.draw(st.sets(st.integers(1, cases * pack - 1), max_size=5)))
    edges = [0, *cuts, cases * pack]
    parts = [part_of(line, before, after) for before, after in pairwise(edges)]
    assert (sum(net for net, _ in parts), sum(tax for _, tax in parts)) == (cases * price_minor, tax_minor)


@given(st.integers(1, 10**5), st.integers(0, 10**6), st.lists(st.integers(1, 50), min_size=1, max_size=9))
def test_a_line_of_eaches_is_split_at_its_price(quantity: int, price_minor: int, cuts: list[int]) -> None:
    line: PricedLine = {"line": 1, "sku": "MUG", "quantity": quantity, "price_minor": price_minor}
    done = 0
    for cut in cuts:
        after = min(quantity, done + cut)
        assert part_of(line, done, after) == ((after - done) * price_minor, 0)
        done = after


@given(AMOUNTS, st.integers(0, 10_000))
def test_tax_is_rounded_half_up(net_minor: int, basis_points: int) -> None:
    exact = Fraction(net_minor * basis_points, 10_000)
    assert Fraction(-1, 2) <= exact - tax_on(net_minor, basis_points) < Fraction(1, 2)
    assert tax_on(5, 1000) == 1, "half a cent is rounded up"


def test_tax_of_lines_is_not_tax_of_their_total() -> None:
    lines = [PricedLine(line=n, sku="MUG", quantity=1, price_minor=102, tax_minor=tax_on(102, 2000)) for n in (1, 2, 3)]
    assert total_of(lines) == 306 + 60
    assert tax_on(306, 2000) == 61, "the difference that a shop and an ERP must not have"


@given(st.integers(0, 10**9), st.integers(1, 10**8))
def test_a_floor_is_never_above_the_price_that_it_was_made_from(amount_minor: int, millionths: int) -> None:
    currencies = Currencies("GBP", (ExchangeRate("EUR", millionths),))
    assert currencies.floor_from_base(amount_minor, "EUR") <= currencies.from_base(amount_minor, "EUR")
    assert currencies.in_base(amount_minor, "GBP") == currencies.from_base(amount_minor, "GBP") == amount_minor
    assert abs(currencies.in_base(amount_minor, "EUR") - Fraction(amount_minor * millionths, 10**6)) <= Fraction(1, 2)


def test_what_no_rate_names_is_not_taxed() -> None:
    table = TaxTable((TaxRate("GB", "standard", 2000),))
    assert [table.basis_points(*key) for key in (("GB", "standard"), ("GB", "zero"), ("FR", "standard"))] == [
        2000,
        0,
        0,
    ]
    assert table
    assert not TaxTable()
