"""What a command asks of a loaded run."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Final

from mock_systems.process import LOOPBACK
from sandbox.errors import InputError
from sandbox.load.shapes import Shape
from sandbox.runs.live_settings import check_speed
from sandbox.runs.scenario import Scenario

HOUR_US: Final = 3_600_000_000
BEGINS_AT_US: Final = 7 * HOUR_US
"""When the load begins, on the systems' clock: since midnight of the scenario's first day. People are at work then."""
DAY_LASTS_US: Final = 9 * HOUR_US
SPEED_USUAL: Final = 60.0
SETTLES_WITHIN_US: Final = 7 * HOUR_US
"""How much of the systems' time may pass until all is shipped and booked: more than the oracle grants an order."""
_PACE_S: Final = 5.0  # of a channel's user, as loadtests/channel.py has it,
_ORDERS_A_USER_S: Final = 0.6 * 0.5 / _PACE_S  # six in ten of all users, and an order every second time
ORDERS_MOST: Final = 1_000_000
_SPARE: Final = 1.1
_USERS_MOST: Final = 20_000
_RATE_MOST: Final = 10_000.0
_MINUTES_MOST: Final = 24 * 60.0
_PROCESSES_MOST: Final = 64


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """One loaded run. Either `users` at the shape's peak, or `orders_per_s` planned at its peak.

    `scenario` tells balances, systems, design and, with `faulty`, the fault plan; its demand is replaced. `kills`: how
    often each part is killed as by `kill -9` while there is load. `workers` share the core's orders. `processes` of
    Locust are started here; or with `expect_workers` so many come by themselves, to `host`. `repeat` is the command
    line that repeats the run.
    """

    scenario: Scenario
    shape: Shape
    minutes: float
    users: int | None
    orders_per_s: float | None
    seed: int
    speed: float
    stack: str
    folder: Path
    repeat: str
    port_base: int = 8100
    host: str = LOOPBACK
    processes: int = 1
    expect_workers: int = 0
    workers: int = 1
    faulty: bool = False
    kills: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises InputError for what can't be meant."""
        if (self.users is None) == (self.orders_per_s is None):
            remedy = "give --users for people who wait for their answers, or --rate for planned arrivals"
            raise InputError("how much load?", field="--users", remedy=remedy)
        for name, value, most in (
            ("--minutes", self.minutes, _MINUTES_MOST),
            ("--users", self.users, _USERS_MOST),
            ("--rate", self.orders_per_s, _RATE_MOST),
            ("--processes", self.processes, _PROCESSES_MOST),
            ("--expect-workers", self.expect_workers or None, _PROCESSES_MOST),
        ):
            if value is not None and not 0 < value <= most:
                raise InputError(f"{value:g} can't be", field=name, remedy=f"above 0, up to {most:,g}")
        check_speed(self.speed)
        if self.orders_mean > ORDERS_MOST:
            raise InputError(
                f"{self.orders_mean:,.0f} orders are more than can be drawn beforehand",
                field="--rate" if self.users is None else "--users",
                remedy=f"up to {ORDERS_MOST:,}: fewer of them, or fewer --minutes",
            )

    @property
    def generators(self) -> int:
        """How many of Locust's processes make load."""
        return self.expect_workers or self.processes

    @property
    def length_s(self) -> float:
        """How long there is load, in seconds of the wall."""
        return self.minutes * 60

    @property
    def orders_mean(self) -> float:
        """How many orders come in the mean, where users don't wait for long."""
        a_second = (self.users or 0) * _ORDERS_A_USER_S if self.orders_per_s is None else self.orders_per_s
        return a_second * self.shape.mean * self.length_s

    @property
    def orders_at_most(self) -> int:
        """How many orders may be placed: so many are drawn, and stocked for."""
        if self.orders_per_s is not None:
            return ceil(self.orders_mean * _SPARE) + 50
        assert self.users is not None
        return ceil(self.users * self.shape.mean * (self.length_s / _PACE_S + 1)) + self.users

    @property
    def orders_per_hour(self) -> float:
        """At the peak, in an hour of the systems' time, at most."""
        a_second = self.orders_per_s if self.orders_per_s is not None else (self.users or 0) / _PACE_S
        return a_second * 3600 / self.speed


def usual_speed(minutes: float) -> float:
    """Sixty times as fast as life, or less, so that the load fits into the systems' day from 7:00 to 16:00."""
    fits = DAY_LASTS_US / 60_000_000 / minutes if minutes else SPEED_USUAL
    return min(SPEED_USUAL, round(fits, 2))
