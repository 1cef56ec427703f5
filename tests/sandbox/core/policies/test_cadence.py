"""Cadences: nothing is done before it has come up, and runs lie where their names say."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.policies.cadence import After, AtOnce, Cadence, Daily, Every

HOUR = 3_600_000_000
DAY = 24 * HOUR
MIDNIGHT = 1_321_228_800_000_000  # 2011-11-14T00:00Z

cadences = st.one_of(
    st.just(AtOnce()),
    st.integers(1, 3 * DAY).map(After),
    st.integers(1, 3 * DAY).map(Every),
    st.integers(0, DAY - 1).map(Daily),
)


@given(cadences, st.integers(0, 2**51), st.integers(0, 3 * DAY))
def test_work_is_never_done_before_it_comes_up_and_later_work_never_sooner(
    cadence: Cadence, since_us: int, later_us: int
) -> None:
    due_us = cadence.due_us(since_us)
    assert due_us >= since_us
    assert cadence.due_us(since_us + later_us) >= due_us
    assert cadence.is_at_once == (due_us == since_us)


def test_runs_lie_on_the_clock() -> None:
    quarter = Every(HOUR // 4)
    assert quarter.due_us(MIDNIGHT) == MIDNIGHT + HOUR // 4
    assert quarter.due_us(MIDNIGHT + HOUR // 4 - 1) == MIDNIGHT + HOUR // 4
    night = Daily(2 * HOUR)
    assert night.due_us(MIDNIGHT + HOUR) == MIDNIGHT + 2 * HOUR
    assert night.due_us(MIDNIGHT + 2 * HOUR) == MIDNIGHT + DAY + 2 * HOUR
