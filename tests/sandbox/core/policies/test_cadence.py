"""Cadences: nothing is done before it has come up, and runs lie where their names say."""

from datetime import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.policies.cadence import After, AtOnce, Cadence, Daily, Every, rounds_spared

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


def _utc(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp()) * 1_000_000


def test_a_local_run_is_neither_skipped_nor_doubled_when_the_clocks_change() -> None:
    night = Daily(2 * HOUR + HOUR // 2, "Europe/Berlin")
    at_us, runs = _utc("2011-03-25T12:00+00:00"), []
    for _ in range(3):
        at_us = night.due_us(at_us)
        runs.append(at_us)
    # On the 27th there is no 02:30: the run comes an hour later by the clock on the wall.
    assert runs == [_utc("2011-03-26T01:30+00:00"), _utc("2011-03-27T01:30+00:00"), _utc("2011-03-28T00:30+00:00")]
    # On 30 October 02:30 comes twice: the first one counts.
    assert night.due_us(_utc("2011-10-29T12:00+00:00")) == _utc("2011-10-30T00:30+00:00")
    assert night.due_us(_utc("2011-10-30T00:30+00:00")) == _utc("2011-10-31T01:30+00:00")


@given(
    st.integers(0, DAY - 1), st.integers(_utc("2011-01-01T00:00+00:00") // HOUR, _utc("2012-01-01T00:00+00:00") // HOUR)
)
def test_there_is_one_local_run_a_day(at_us: int, hour: int) -> None:
    night = Daily(at_us, "Europe/Berlin")
    due_us = night.due_us(hour * HOUR)
    assert hour * HOUR < due_us <= hour * HOUR + DAY + HOUR
    days = [due_us := night.due_us(due_us) for _ in range(5)]
    assert all(DAY - 2 * HOUR < later - earlier < DAY + 2 * HOUR for earlier, later in pairwise(days))


@given(st.integers(1, 3 * DAY), st.booleans())
def test_a_list_without_rows_is_left_out_for_two_hours_at_the_most(period_us: int, on_the_clock: bool) -> None:
    cadence = Every(period_us) if on_the_clock else After(period_us)
    rounds = rounds_spared(cadence, MIDNIGHT)
    assert (rounds + 1) * period_us <= max(2 * HOUR, period_us) < (rounds + 2) * period_us
