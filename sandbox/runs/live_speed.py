"""How fast a scenario made for days is run live, so that it takes minutes and the machine keeps up."""

from __future__ import annotations

import math
from collections import Counter
from typing import Final

from sandbox.errors import InputError
from sandbox.runs.live_core import SPEED_MOST
from sandbox.runs.planned_run import PlannedRun

_WANTED_S: Final = 240.0
_LONGEST_S: Final = 30 * 60.0
# What two cores do for a while, all processes on them; what they can't, waits for some seconds of the wall.
ORDERS_PER_SECOND: Final = 15.0
_HOUR_US: Final = 3_600_000_000


def chosen_speed(run: PlannedRun) -> float:
    """The speed at which a run takes some four minutes, or as many as its busiest hour needs.

    Raises InputError for one that takes more than half an hour: whoever wants that says how fast it shall go.
    """
    span_s = (run.end_us - run.start_us) / 1_000_000
    speed = _rounded(min(max(1.0, span_s / _WANTED_S), _bearable(run), SPEED_MOST))
    if span_s / speed > _LONGEST_S:
        days, minutes = span_s / 86_400, math.ceil(span_s / speed / 60)
        told = (
            f"{run.scenario.name} lasts {days:.0f} days, settling included: {minutes} minutes at {speed:g} times life"
        )
        remedy = f"run fewer days of it (--from, --to), say how fast (--speed, up to {SPEED_MOST:g}), or leave --live"
        raise InputError(told, field="--live", remedy=remedy)
    return speed


def _bearable(run: PlannedRun) -> float:
    """As fast as the busiest hour's orders can be taken."""
    hours = Counter(order.at_us // _HOUR_US for order in run.demand.orders)
    busiest = max(hours.values(), default=0)
    return SPEED_MOST if not busiest else max(1.0, ORDERS_PER_SECOND * 3600 / busiest)


def _rounded(speed: float) -> float:
    """Down to two digits."""
    size = 10.0 ** (math.floor(math.log10(speed)) - 1)
    return max(1.0, math.floor(speed / size) * size)
