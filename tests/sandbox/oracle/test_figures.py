"""What a business reads, checked on histories that can be counted by hand."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.oracle import Context, Oracle
from sandbox.oracle.figures import Figure, Figures, Outside, Traffic
from sandbox.oracle.percentiles import percentile
from tests.sandbox.oracle.history import HOUR_US, START_US, History


def figures_of(history: History, outside: Outside | None = None, *, at_us: int = 0) -> dict[str, Figure]:
    figures = heard(history)
    return {figure.name: figure for figure in figures.close(at_us or history.now_us, outside)}


def heard(history: History) -> Figures:
    oracle = Oracle(Context())
    figures = Figures(oracle)
    for fact in history.facts:
        oracle.observe(fact)
    return figures


def a_day() -> History:
    """Four baskets: perfect by card after 62 minutes, perfect on account, surfaced once, sold out."""
    history = History()
    history.order("A", 2).to_cash("LDS", "BHM")
    history.wait(2).publish()
    history.order("B", 1, payment="account", customer="C-1").to_cash("BHM")
    third = history.order("C", 1).surface("no-stock")
    history.wait(120)
    third.close().to_cash("LDS")
    return history.refuse("A", 500)


def test_orders_are_counted_and_perfect_ones_found() -> None:
    found = figures_of(a_day())
    assert {name: found[name].value for name in found if name.startswith(("orders ", "perfect", "order acc"))} == {
        "orders offered": 4,
        "orders accepted": 3,
        "orders refused": 1,
        "orders cancelled": 0,
        "order acceptance": 75.0,
        "perfect orders": 2,
        "perfect order share": 66.7,
    }


def test_an_order_entered_twice_is_not_perfect() -> None:
    history = History()
    history.order("A", 1).to_cash("LDS").erp().void()
    assert figures_of(history)["perfect orders"].value == 0


def test_times_from_acceptance_to_ship_and_to_cash() -> None:
    found = figures_of(a_day())
    assert (found["order to ship p50"].value, found["order to ship p50"].n) == (round(61 / 60, 3), 3)
    assert found["order to ship p99"].value == round(181 / 60, 3)
    assert (found["order to cash p50"].value, found["order to cash p50"].n) == (round(62 / 60, 3), 2)


def test_money_and_labels() -> None:
    found = figures_of(a_day())
    assert (found["revenue"].value, found["revenue"].unit) == (2 * 1250 + 399 + 7999, "GBP minor units")
    assert found["captured"].value == 2 * 1250 + 7999
    assert (found["invoice delay p95"].value, found["invoice delay p95"].n) == (1.0, 4)
    assert (found["labels bought"].value, found["label cost"].value) == (4, 4 * 450)


def test_what_customers_pay_on_terms_is_not_captured() -> None:
    history = a_day()
    captured = figures_of(history)["captured"].value
    assert figures_of(history)["paid on terms"].value == 0
    history.orders[1].remit()
    found = figures_of(history)
    assert (found["paid on terms"].value, found["captured"].value) == (399, captured)


def test_exceptions_with_their_causes_and_ages() -> None:
    history = a_day()
    history.order("A", 1).surface("unknown-item")
    found = figures_of(history, at_us=history.now_us + 5 * HOUR_US)
    assert [found[name].value for name in ("exceptions", "exceptions open", "exceptions: no-stock")] == [2, 1, 1]
    assert (found["exception age p50"].value, found["exception age max"].value) == (2.0, 5.0)


def test_traffic_is_told_from_outside() -> None:
    outside = Outside({"erp": Traffic(12, 5, 3), "wms": Traffic(18, 9)}, duplicates_absorbed=7)
    found = figures_of(a_day(), outside)
    assert found["duplicates absorbed"].value == 7
    assert found["calls per order"].value == 10.0
    assert "polls while it settled are in it" in found["calls per order"].about
    assert found["calls per order to erp"].value == 4.0
    assert found["peak load on wms"].value == 9
    assert found["peak in flight at erp"].value == 3
    assert "served or turned away" in found["peak in flight at erp"].about
    assert "peak in flight at wms" not in found


def test_nothing_is_measured_of_nothing() -> None:
    found = figures_of(History())
    assert found["order acceptance"].value is None
    assert (found["order to ship p95"].value, found["order to ship p95"].n) == (None, 0)
    assert found["duplicates absorbed"].value is None


def test_the_backlog_is_sampled_every_five_minutes() -> None:
    history = History()
    history.order("A", 2)
    history.wait(1).order("B", 1)
    history.wait(11).orders[0].erp().reserve("LDS").release().pack().label().ship()
    history.wait(9).publish()
    figures = heard(history)
    figures.close(history.now_us)
    series = {told.name: told for told in figures.series()}
    minutes = [(at_us - START_US) // 60_000_000 for at_us, _ in series["open orders"].points]
    assert minutes == [0, 5, 10, 15, 20]
    values = {name: [value for _, value in told.points] for name, told in series.items()}
    assert values["open orders"] == [1, 2, 2, 1, 1]
    assert values["orders per hour"] == [12, 12, 0, 0, 0]
    assert values["to invoice"] == [0, 0, 0, 1, 1]
    assert values["published stock"] == values["true stock"] == [118, 117, 117, 117, 117]
    json.dumps([told.as_json() for told in figures.series()])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(values: list[int], percent: int) -> None:
    found = percentile(sorted(values), percent)
    assert found in values

    def covers(value: int) -> bool:
        return 100 * sum(other <= value for other in values) >= percent * len(values)

    assert found == min(value for value in values if covers(value))
