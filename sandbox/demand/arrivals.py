"""When orders arrive: a Poisson process whose rate follows the season."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from mock_systems.kit.streams import Streams
from sandbox.demand.profiles import Profile

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
_THURSDAY = 3


def arrivals(
    profile: Profile, orders_per_day: float, start_us: int, days: int, streams: Streams
) -> Iterator[tuple[str, int]]:
    """A name and a time, in microseconds UTC, of each order in `days` times 24 hours from `start_us`.

    Each calendar day has a stream of its own, so that a longer run begins like a shorter one; the name is the
    day's date in days since 1970 with the order's number in it.
    """
    end_us = start_us + days * DAY_US
    for day in range(start_us // DAY_US, -(-end_us // DAY_US)):
        for number, at_us in enumerate(_day(profile, orders_per_day, day, streams), start=1):
            if start_us <= at_us < end_us:
                yield f"{day}-{number:05d}", at_us


def _day(profile: Profile, orders_per_day: float, day: int, streams: Streams) -> Iterator[int]:
    """One calendar day: unit-rate arrivals, carried through the inverse of the cumulated rate."""
    weekday = (day + _THURSDAY) % 7
    expected = orders_per_day * profile.weekdays[weekday]
    scale = expected / sum(profile.hours)
    reached = [0.0, *accumulate(weight * scale for weight in profile.hours)]
    draw = streams.of("arrivals", day)
    position = draw.expovariate(1.0)
    while position < reached[-1]:
        hour = bisect_right(reached, position) - 1
        into = (position - reached[hour]) / (reached[hour + 1] - reached[hour])
        yield day * DAY_US + hour * HOUR_US + int(into * HOUR_US)
        position += draw.expovariate(1.0)
