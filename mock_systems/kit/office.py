"""Offices: people who review things one after another, when they are at work and how long they take."""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import log

from mock_systems.kit.physics import HOUR, MINUTE, until_open


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens_hour` up to `closes_hour`, UTC, every day. Raises ValueError for hours that can't be meant."""

    opens_hour: int = 8
    closes_hour: int = 18

    def __post_init__(self) -> None:
        if not 0 <= self.opens_hour < self.closes_hour <= 24:
            raise ValueError(f"opens_hour < closes_hour within 0 to 24, got {self.opens_hour} and {self.closes_hour}")

    @property
    def day_us(self) -> int:
        """Microseconds of work in a day."""
        return (self.closes_hour - self.opens_hour) * HOUR

    def until_open_us(self, now_us: int) -> int:
        """Microseconds until the next moment at which somebody is at work; 0 when somebody is."""
        return until_open(now_us, self.opens_hour, self.closes_hour)


@dataclass(frozen=True, slots=True)
class Office:
    """Who works here and how fast.

    `minutes` is the median of one review, lognormal; `sigma` is the deviation of its logarithm. Raises ValueError for
    numbers that can't be meant.
    """

    people: int
    minutes: float
    sigma: float = 0.6
    hours: Hours = Hours()

    def __post_init__(self) -> None:
        if self.people < 0:
            raise ValueError(f"people is 0 or more, got {self.people}")
        if self.minutes <= 0 or self.sigma < 0:
            raise ValueError(f"minutes is above 0 and sigma 0 or more, got {self.minutes} and {self.sigma}")

    def review_us(self, rng: random.Random) -> int:
        """How long one review takes; what else the reviewer decides is drawn from `rng` after it."""
        return round(MINUTE * rng.lognormvariate(log(self.minutes), self.sigma))
