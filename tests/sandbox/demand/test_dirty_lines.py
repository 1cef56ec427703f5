"""Files with planted dirt: every line lands in the category it was planted for, and nothing gets lost."""

import csv
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.demand import Demand, history_demand

HEADER = ["order", "time", "who", "sku", "name", "qty", "price", "country"]
MAPPING = """
title: planted
currency: GBP
columns: {order: order, time: time, customer: who, sku: sku, name: name, quantity: qty, price: price, country: country}
time: {format: "%Y-%m-%d %H:%M", spread: 60s}
cancellation: {order_prefix: C}
not_items: {codes: [POST], patterns: ["fee-*"]}
dirty: {unreadable: set_aside, quantity_above: {bound: 1000}, same_item: SAME, without_customer: GUEST}
"""
CLEAN = ("accepted", "accepted_as_guest")
LINE_DIRT = ("no_item", "price_zero_or_less", "quantity_above", "adjustment", "unreadable", "exact_duplicate", "blank")
ORDER_DIRT = ("cancellation", "outside_window")
BROKEN = {1: ["", "14.11.2011", "2011-13-01 08:00"], 5: ["", "two", "1.5", "1e3", "nan"], 6: ["", "1,5", "£2", "inf"]}
names = st.text(alphabet=st.sampled_from('abc ,"\n;éß€'), max_size=12)


@st.composite
def planted(draw: st.DrawFn) -> tuple[list[list[str]], Counter[str]]:
    """Rows in any order, and how many of them belong to each category."""
    rows: list[list[str]] = []
    expected: Counter[str] = Counter()
    for number in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(CLEAN + ORDER_DIRT))
        for line in range(draw(st.integers(1, 5))):
            dirt = draw(st.sampled_from((None, *LINE_DIRT))) if kind in CLEAN else None
            for row, category in _rows(draw, kind, number, line, dirt):
                rows.append(row)
                expected[category] += 1
    return draw(st.permutations(rows)), expected


def _rows(draw: st.DrawFn, kind: str, number: int, line: int, dirt: str | None) -> list[tuple[list[str], str]]:
    row = [
        f"C{number}" if kind == "cancellation" else f"N{number}",
        f"2011-11-{15 if kind == 'outside_window' else 14} 08:{number:02d}",
        "" if kind == "accepted_as_guest" else f"K{number}",
        f"SKU-{line}",
        draw(names),
        str(draw(st.integers(1, 1000))),
        f"{draw(st.integers(1, 99_999)) / 100:.2f}",
        ("GB", "DE", "IE")[number % 3],
    ]
    if dirt is None:
        return [(row, kind)]
    if dirt == "exact_duplicate":
        return [(row, kind), (list(row), dirt)]
    if dirt == "blank":
        return [([], dirt)]
    if dirt == "unreadable":
        column = draw(st.sampled_from(sorted(BROKEN)))
        row[column] = draw(st.sampled_from(BROKEN[column]))
        return [(row[:-1] if draw(st.booleans()) else row, dirt)]
    column, value = {
        "no_item": (3, draw(st.sampled_from(["POST", "post", "FEE-7"]))),
        "price_zero_or_less": (6, draw(st.sampled_from(["0", "0.00", "-1.50"]))),
        "quantity_above": (5, "1001"),
        "adjustment": (5, draw(st.sampled_from(["0", "-3"]))),
    }[dirt]
    row[column] = value
    row[4] = f"{row[4]} {line}"
    return [(row, dirt)]


def imported(
    rows: list[list[str]], same_item: str = "keep", without_customer: str = "guest", to: str = "2011-11-15"
) -> Demand:
    """What becomes of the rows."""
    with TemporaryDirectory() as folder:
        history, mapping = Path(folder) / "history.csv", Path(folder) / "mapping.yaml"
        mapping.write_text(MAPPING.replace("SAME", same_item).replace("GUEST", without_customer), encoding="utf-8")
        with history.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([HEADER, *rows])
        return history_demand(history, mapping, Streams(1), to=to)


KEPT = [["N99", "2011-11-14 07:00", "K99", "SKU-KEPT", "kept", "1", "1.00", "GB"]]


@settings(max_examples=120, deadline=None)
@given(planted(), st.sampled_from(["keep", "merge"]))
def test_each_planted_line_lands_in_its_category(
    planting: tuple[list[list[str]], Counter[str]], same_item: str
) -> None:
    rows, expected = planting
    demand = imported(KEPT + rows, same_item)
    account = demand.account
    found = Counter({tally.name: tally.lines for tally in (*account.taken, *account.set_aside)})
    expected["accepted"] += 1
    assert found == expected
    assert account.is_balanced
    assert account.rows == len(rows) + 1


@settings(max_examples=60, deadline=None)
@given(planted(), st.sampled_from(["keep", "merge"]))
def test_units_and_value_of_taken_lines_are_those_of_the_orders(
    planting: tuple[list[list[str]], Counter[str]], same_item: str
) -> None:
    demand = imported(KEPT + planting[0], same_item)
    assert sum(t.value_minor for t in demand.account.taken) == sum(order.total_minor for order in demand.orders)
    assert sum(t.units for t in demand.account.taken) == sum(
        line.quantity for order in demand.orders for line in order.lines
    )


def test_a_dirty_line_of_several_kinds_is_counted_once_and_noticed_as_each() -> None:
    cancelled_postage = ["C1", "2011-11-14 08:00", "", "POST", "", "-1", "0", "GB"]
    demand = imported([*KEPT, cancelled_postage])
    assert [tally.name for tally in demand.account.set_aside] == ["cancellation"]
    traits = {trait.name for trait in demand.account.traits}
    assert traits == {"cancellation", "no_item", "price_zero_or_less", "without_customer", "without_name"}


def test_the_same_item_twice_is_kept_or_merged_as_the_mapping_says() -> None:
    order = ["N1", "2011-11-14 08:00", "K1", "A", "a", "2", "1.00", "GB"]
    rows = [order, [*order[:5], "3", *order[6:]], [*order[:6], "0.90", "GB"]]
    kept = imported(rows)
    assert [(line.quantity, line.price_minor) for line in kept.orders[0].lines] == [(2, 100), (3, 100), (2, 90)]
    assert (kept.account.lines("accepted"), kept.account.lines("same_item")) == (3, 2)
    merged = imported(rows, "merge")
    assert [(line.quantity, line.price_minor) for line in merged.orders[0].lines] == [(5, 100), (2, 90)]
    assert (merged.account.lines("accepted"), merged.account.lines("merged")) == (2, 1)


def test_letter_case_is_unified_to_the_first_spelling() -> None:
    order = ["N1", "2011-11-14 08:00", "K1", "ab-1", "a", "2", "1.00", "GB"]
    demand = imported([order, [*order[:3], "AB-1", *order[4:]]])
    assert [line.sku for line in demand.orders[0].lines] == ["ab-1", "ab-1"]
    assert demand.account.lines("letter_case") == 1
    assert [item.sku for item in demand.opening.items] == ["ab-1"]


def test_an_orders_first_line_counts_where_later_ones_differ() -> None:
    order = ["N1", "2011-11-14 08:00", "K1", "A", "a", "2", "1.00", "GB"]
    others = (["08:01", "K1", "GB"], ["08:00", "K2", "GB"], ["08:00", "", "GB"], ["08:00", "K1", "DE"])
    for sku, (time, customer, country) in enumerate(others):
        demand = imported([order, ["N1", f"2011-11-14 {time}", customer, str(sku), "b", "1", "1.00", country]])
        assert (demand.orders[0].customer, demand.orders[0].ship_to.country) == ("K1", "GB")
        assert (demand.account.lines("accepted"), demand.account.lines("header_differs")) == (2, 1)


def test_orders_without_a_customer_may_be_set_aside() -> None:
    rows = [*KEPT, ["N1", "2011-11-14 08:00", "", "A", "a", "2", "1.00", "GB"]]
    demand = imported(rows, without_customer="set_aside")
    assert [order.reference for order in demand.orders] == ["N99"]
    assert [(tally.name, tally.lines) for tally in demand.account.set_aside] == [("without_customer", 1)]


def test_a_window_ends_before_its_last_moment_and_keeps_orders_whole() -> None:
    row = ["N1", "2011-11-14 23:59", "K1", "A", "a", "2", "1.00", "GB"]
    rows = [row, ["N1", "2011-11-15 00:00", *row[2:3], "B", *row[4:]], ["N2", "2011-11-15 00:00", *row[2:]]]
    demand = imported(rows)
    assert [(order.reference, len(order.lines)) for order in demand.orders] == [("N1", 2)]
    assert demand.account.lines("outside_window") == 1


def test_prices_finer_than_a_penny_are_rounded_and_never_to_nothing() -> None:
    rows = [
        ["N1", "2011-11-14 08:00", "K1", sku, "a", "1", price, "GB"] for sku, price in (("A", "0.001"), ("B", "1.005"))
    ]
    demand = imported(rows)
    assert [line.price_minor for line in demand.orders[0].lines] == [1, 101]
    assert demand.account.lines("price_rounded") == 2
