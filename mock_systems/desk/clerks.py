"""Clerks of the desk: they decide the exceptions that ask for a decision, one after another, in office hours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import simpy

from mock_systems.desk.tickets import decide
from mock_systems.kit.office import Office
from mock_systems.kit.physics import JobQueue, Process

if TYPE_CHECKING:
    from mock_systems.desk.system import Desk

_OFFICE: Final = Office(people=1, minutes=30.0)


@dataclass(frozen=True, slots=True)
class ClerksConfig:
    """Who decides at the desk and how.

    `approve` is the share of tickets that are approved. Raises ValueError for one that can't be meant.
    """

    office: Office = _OFFICE
    approve: float = 0.8

    def __post_init__(self) -> None:
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
        for number in range(1, self._config.office.people + 1):
            env.process(self._clerk(env, waiting, f"desk-clerk-{number}"))

    def _clerk(self, env: simpy.Environment, waiting: JobQueue[str], name: str) -> Process:
        office, books = self._config.office, self._desk.books
        while True:
            exception = yield waiting.get()
            if closed_us := office.hours.until_open_us(int(env.now)):
                yield env.timeout(closed_us)
            # Named by what it is about: the ids of exceptions differ between integrations.
            ticket = books.tickets[exception]
            rng = self._desk.streams.of("desk.review", ticket["subject"], ticket["cause"], ticket["message"])
            yield env.timeout(office.review_us(rng))
            decision = "approved" if rng.random() < self._config.approve else "rejected"
            self._desk.act(partial(decide, books, exception, decision, name), int(env.now))
