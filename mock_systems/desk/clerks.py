"""Clerks of the desk: they decide the exceptions that ask for a decision, one after another, in office hours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import log
from typing import TYPE_CHECKING

import simpy

from mock_systems.desk.tickets import decide
from mock_systems.kit.physics import MINUTE, JobQueue, Process, until_open

if TYPE_CHECKING:
    from mock_systems.desk.system import Desk


@dataclass(frozen=True, slots=True)
class ClerksConfig:
    """Who decides at the desk and how.

    `minutes` is the median of a review, lognormal with `sigma`; hours are UTC, every day. `approve` is the share of
    tickets that are approved. Raises ValueError for numbers that can't be meant.
    """

    clerks: int = 1
    opens_hour: int = 8
    closes_hour: int = 18
    minutes: float = 30.0
    sigma: float = 0.6
    approve: float = 0.8

    def __post_init__(self) -> None:
        if self.clerks < 0:
            raise ValueError(f"clerks is 0 or more, got {self.clerks}")
        if not 0 <= self.opens_hour < self.closes_hour <= 24:
            raise ValueError(f"opens_hour < closes_hour within 0 to 24, got {self.opens_hour} and {self.closes_hour}")
        if self.minutes <= 0 or self.sigma < 0:
            raise ValueError(f"minutes is above 0 and sigma 0 or more, got {self.minutes} and {self.sigma}")
        if not 0 <= self.approve <= 1:
            raise ValueError(f"approve is a share from 0 to 1, got {self.approve}")


class Clerks:
    """Tickets that ask for a decision wait here, oldest first."""

    def __init__(self, desk: Desk, config: ClerksConfig) -> None:
        self._desk = desk
        self._config = config

    def start(self, env: simpy.Environment) -> None:
        """Open the office; from now on it hears of tickets that ask."""
        waiting: JobQueue[str] = JobQueue(env)
        self._desk.books.ask = waiting.put
        for number in range(1, self._config.clerks + 1):
            env.process(self._clerk(env, waiting, f"desk-clerk-{number}"))

    def _clerk(self, env: simpy.Environment, waiting: JobQueue[str], name: str) -> Process:
        config, books = self._config, self._desk.books
        while True:
            exception = yield waiting.get()
            if closed_us := until_open(int(env.now), config.opens_hour, config.closes_hour):
                yield env.timeout(closed_us)
            # Named by what it is about: the ids of exceptions differ between integrations.
            ticket = books.tickets[exception]
            rng = self._desk.streams.of("desk.review", ticket["subject"], ticket["cause"], ticket["message"])
            yield env.timeout(round(MINUTE * rng.lognormvariate(log(config.minutes), config.sigma)))
            decision = "approved" if rng.random() < config.approve else "rejected"
            self._desk.act(partial(decide, books, exception, decision, name), int(env.now))
