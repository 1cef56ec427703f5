"""Offices: closed outside their hours, and reviews that last what their median and sigma say."""

from __future__ import annotations

import random
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.office import Hours, Office
from mock_systems.kit.physics import DAY, HOUR, MINUTE


@given(st.integers(0, 22), st.integers(1, 24), st.integers(0, 400 * DAY))
def test_work_goes_on_inside_the_hours_alone(opens: int, length: int, now_us: int) -> None:
    hours = Hours(opens, min(24, opens + length))
    wait_us = hours.until_open_us(now_us)
    begins_us = (now_us + wait_us) % DAY
    assert 0 <= wait_us < DAY
    assert hours.opens_hour * HOUR <= begins_us < hours.closes_hour * HOUR
    assert wait_us == 0 or begins_us == hours.opens_hour * HOUR, "it waits for the opening and no longer"
    assert hours.day_us == (hours.closes_hour - hours.opens_hour) * HOUR


def test_reviews_have_the_median_and_the_spread_asked_for() -> None:
    office, rng = Office(people=1, minutes=30), random.Random(1)
    minutes = sorted(office.review_us(rng) / MINUTE for _ in range(20_000))
    assert median(minutes) == pytest.approx(30, rel=0.03)
    one_sigma_up = minutes[int(0.8413 * len(minutes))]
    assert one_sigma_up == pytest.approx(30 * 2.71828**0.6, rel=0.04)
    assert {Office(people=1, minutes=30, sigma=0).review_us(rng) for _ in range(9)} == {30 * MINUTE}


@pytest.mark.parametrize(
    ("wrong", "names"),
    [
        ({"people": -1}, "people"),
        ({"minutes": 0.0}, "minutes"),
        ({"sigma": -0.1}, "sigma"),
    ],
)
def test_an_office_that_cannot_be_meant_is_refused(wrong: dict[str, Any], names: str) -> None:
    with pytest.raises(ValueError, match=names):
        Office(**({"people": 1, "minutes": 30.0} | wrong))


@pytest.mark.parametrize(("opens", "closes"), [(18, 8), (8, 8), (-1, 8), (8, 25)])
def test_hours_that_cannot_be_meant_are_refused(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="opens_hour < closes_hour"):
        Hours(opens, closes)
