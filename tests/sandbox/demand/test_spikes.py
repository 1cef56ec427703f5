"""Demand spikes, over synthetic demand and over history."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.demand import Demand, DemandSpike, SyntheticDemand, history_demand, synthetic_demand, with_spikes

HISTORY = Path(__file__).parents[3] / "scenarios" / "history"
MONDAY_US = 1_321_228_800_000_000
HOUR_US = 3_600_000_000


@pytest.fixture(scope="module")
def day() -> Demand:
    return synthetic_demand(SyntheticDemand(orders_per_day=400), MONDAY_US, 1, Streams(3))


@pytest.fixture(scope="module")
def week() -> Demand:
    return history_demand(HISTORY / "uci_peak_week.csv.gz", HISTORY / "online_retail.yaml", Streams(3))


def spike(begin: int, hours: int, factor: float) -> DemandSpike:
    return DemandSpike(MONDAY_US + begin * HOUR_US, MONDAY_US + (begin + hours) * HOUR_US, factor)


@pytest.mark.parametrize("source", ["day", "week"])
def test_a_spike_of_five_makes_five_times_the_orders(source: str, request: pytest.FixtureRequest) -> None:
    demand: Demand = request.getfixturevalue(source)
    noon = spike(12, 1, 5)
    spiked = with_spikes(demand, [noon], Streams(3))
    before = [order for order in demand.orders if noon.from_us <= order.at_us < noon.until_us]
    after = [order for order in spiked.orders if noon.from_us <= order.at_us < noon.until_us]
    assert before
    assert len(after) == 5 * len(before)
    assert [order.at_us for order in spiked.orders] == sorted(order.at_us for order in spiked.orders)
    assert len({order.at_us for order in after}) > 4 * len(before)
    assert spiked.opening == demand.opening
    assert f"{len(before)} orders x 5 makes {4 * len(before)} more" in spiked.account.derived[-1]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(6, 18), st.integers(1, 4), st.floats(1, 4)), max_size=3), st.integers(0, 99))
def test_spikes_shift_no_other_order_and_references_stay_unique(
    day: Demand, drawn: list[tuple[int, int, float]], seed: int
) -> None:
    spiked = with_spikes(day, [spike(*figures) for figures in drawn], Streams(seed))
    references = [order.reference for order in spiked.orders]
    assert len(references) == len(set(references))
    originals = {order.reference for order in day.orders}
    assert tuple(order for order in spiked.orders if order.reference in originals) == day.orders
    one_less = with_spikes(day, [spike(*figures) for figures in drawn[:-1]], Streams(seed))
    kept = {order.reference for order in one_less.orders}
    assert tuple(order for order in spiked.orders if order.reference in kept) == one_less.orders


def test_a_fraction_of_a_repeat_comes_with_that_probability(day: Demand) -> None:
    whole_day = spike(0, 24, 1.25)
    extra = sum(len(with_spikes(day, [whole_day], Streams(seed)).orders) - len(day.orders) for seed in range(10))
    assert extra / (10 * len(day.orders)) == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize(("hours", "factor"), [(0, 2.0), (-1, 2.0), (1, 0.5), (1, float("nan"))])
def test_a_spike_that_makes_no_sense_is_refused(hours: int, factor: float) -> None:
    with pytest.raises(ValueError, match="a spike"):
        spike(10, hours, factor)
