"""What every user in a Locust process shares: the target, the orders to be placed, and the measuring."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from locust import events
from locust.env import Environment

from mock_systems.kit.streams import Streams
from sandbox.load.target import Target, find_target
from sandbox.load.under_locust.measuring import Measuring

_KNOWN_ORDERS_MOST: Final = 2_000


class Session:
    """One in each process. `placed` are the latest orders of this process, whose status somebody may ask for."""

    def __init__(self, environment: Environment, target: Target) -> None:
        self.target = target
        self.measuring = Measuring(environment, target)
        self.placed: deque[str] = deque(maxlen=_KNOWN_ORDERS_MOST)
        self._environment = environment
        self._users = 0
        self._orders: Iterator[str] | None = None

    @property
    def index(self) -> int:
        """Which of the processes this is, from 0."""
        return max(int(getattr(self._environment.runner, "worker_index", 0)), 0)

    def new_draws(self) -> random.Random:
        """The draws of one more user."""
        self._users += 1
        return Streams(self.target.plan.seed).of("load-user", self.index, self._users)

    def next_order(self) -> dict[str, Any] | None:
        """The body of the next order; None when all are placed."""
        if self._orders is None:
            self._orders = iter(self.target.orders(self.index, self.target.plan.processes))
        line = next(self._orders, None)
        return None if line is None else json.loads(line)


_sessions: dict[int, Session] = {}


def session_of(environment: Environment) -> Session:
    """The session of this process; the first who asks makes it. Raises InputError where there is no target."""
    session = _sessions.get(id(environment))
    if session is None:
        session = _sessions[id(environment)] = Session(environment, find_target())
    return session


@events.init.add_listener
def _begin(environment: Environment, **_: Any) -> None:
    """Measure from the start on: the master has no users who would ask for a session."""
    session_of(environment)
