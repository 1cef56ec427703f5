"""Allocation over sites: all that there is, never more than a site has, one site where one will do."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.model.order import OrderLine
from sandbox.core.processes.allocation import allocate

SKUS, SITES = ("A", "B", "C"), ("BHM", "LDS", "RDG")
stocks = st.dictionaries(st.sampled_from(SKUS), st.dictionaries(st.sampled_from(SITES), st.integers(-5, 40)))
orders = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 40)), min_size=1, max_size=5).map(
    lambda lines: tuple(OrderLine(number, sku, quantity, 100) for number, (sku, quantity) in enumerate(lines, 1))
)


@given(orders, stocks)
def test_a_plan_and_what_is_lacking_cover_each_line_and_no_site_gives_more_than_it_has(
    lines: tuple[OrderLine, ...], stock: dict[str, dict[str, int]]
) -> None:
    plan, lacking = allocate(lines, stock)
    wanted = Counter[str]()
    for line in lines:
        wanted[line.sku] += line.quantity
    there_is = {sku: sum(max(0, n) for n in stock.get(sku, {}).values()) for sku in wanted}
    short = Counter[str]()
    for _, sku, quantity in lacking:
        short[sku] += quantity
    assert short == Counter({sku: wanted[sku] - there_is[sku] for sku in wanted if wanted[sku] > there_is[sku]})
    covered, taken = Counter[int](), Counter[tuple[str, str]]()
    for site, parts in plan.items():
        for line, sku, quantity in parts:
            assert quantity > 0
            covered[line] += quantity
            taken[site, sku] += quantity
    for number, _, quantity in lacking:
        covered[number] += quantity
    assert covered == Counter({line.line: line.quantity for line in lines})
    assert all(quantity <= stock[sku][site] for (site, sku), quantity in taken.items())


@given(orders, stocks, st.sampled_from(SITES))
def test_one_site_ships_all_where_one_has_all(
    lines: tuple[OrderLine, ...], stock: dict[str, dict[str, int]], site: str
) -> None:
    for line in lines:
        stock.setdefault(line.sku, {})[site] = 1000
    plan, lacking = allocate(lines, stock)
    assert (len(plan), lacking) == (1, [])


def test_an_order_of_1200_over_three_warehouses_stays_one_order() -> None:
    line = (OrderLine(1, "A", 1200, 100),)
    plan = {"LDS": [(1, "A", 500)], "BHM": [(1, "A", 400)], "RDG": [(1, "A", 300)]}
    assert allocate(line, {"A": {"LDS": 500, "BHM": 400, "RDG": 300}}) == (plan, [])
    assert allocate(line, {"A": {"LDS": 500, "BHM": 400, "RDG": 299}})[1] == [(1, "A", 1)]
