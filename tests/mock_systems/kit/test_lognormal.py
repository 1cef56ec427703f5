"""Lognormal times: the mean that was asked for, and a time for every draw there can be."""

from __future__ import annotations

from math import log
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.kit.lognormal import lognormal_us
from mock_systems.kit.physics import MINUTE

EVENLY = [(n + 0.5) / 20_000 for n in range(20_000)]


@pytest.mark.parametrize("spread", [0.1, 0.5, 0.8])
def test_the_mean_stays_whatever_the_spread_and_the_spread_is_of_the_logarithm(spread: float) -> None:
    times_us = [lognormal_us(20 * MINUTE, spread, draw) for draw in EVENLY]
    assert fmean(times_us) == pytest.approx(20 * MINUTE, rel=0.01)
    assert pstdev(map(log, times_us)) == pytest.approx(spread, rel=0.01)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 2))
def test_every_draw_gives_a_time_and_a_later_draw_no_shorter_one(one: float, other: float, spread: float) -> None:
    shorter, longer = (lognormal_us(MINUTE, spread, draw) for draw in sorted((one, other)))
    assert 0 <= shorter <= longer


def test_without_a_spread_all_take_the_mean() -> None:
    assert {lognormal_us(MINUTE, 0, draw) for draw in (0.0, 0.3, 1.0)} == {MINUTE}
