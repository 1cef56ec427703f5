"""What every user in a Locust process shares: the target, the orders to be placed, and the measuring."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from mock_systems.kit.streams import Streams
from sandbox.load.target import Target, find_target
from sandbox.load.under_locust.measuring import Measuring

_KNOWN_ORDERS_MOST: Final = 2_000
_SHARE: Final = "sandbox.share"


class Session:
    """One in each process. `placed` are the latest orders of this process, whose status somebody may ask for.

    A process that works for a master is told its share of the plan by it, before it is told to begin.
    """

    def __init__(self, environment: Environment) -> None:
        runner = environment.runner
        self._target: Target | None = None
        target = None if isinstance(runner, WorkerRunner) else find_target()
        self.measuring = Measuring(environment, None if target is None else target.measured)
        if target is not None:
            self._aim(target)
        self.placed: deque[str] = deque(maxlen=_KNOWN_ORDERS_MOST)
        self._environment = environment
        self._users = 0
        self._orders: Iterator[str] | None = None
        if isinstance(runner, WorkerRunner):
            runner.register_message(_SHARE, self._told)
        elif isinstance(runner, MasterRunner):
            environment.events.test_start.add_listener(self._share_out)

    @property
    def target(self) -> Target:
        """What is to be done."""
        assert self._target is not None, "the master tells each worker its share before it lets it begin"
        return self._target

    def new_draws(self) -> random.Random:
        """The draws of one more user."""
        self._users += 1
        index = max(int(getattr(self._environment.runner, "worker_index", 0)), 0)
        return Streams(self.target.plan.seed).of("load-user", index, self._users)

    def next_order(self) -> dict[str, Any] | None:
        """The body of the next order; None when all are placed."""
        if self._orders is None:
            self._orders = iter(self.target.orders)
        line = next(self._orders, None)
        return None if line is None else json.loads(line)

    def _share_out(self, **_: Any) -> None:
        runner = self._environment.runner
        assert isinstance(runner, MasterRunner)
        workers = [worker.id for worker in runner.clients.ready]
        for worker, share in zip(workers, self.target.shares(len(workers)), strict=True):
            runner.send_message(_SHARE, share, worker)

    def _told(self, msg: Any, **_: Any) -> None:
        self._aim(Target.of_share(msg.data))

    def _aim(self, target: Target) -> None:
        self._target = target
        self.measuring.began_s = target.plan.begins_at_s or 0.0


_sessions: dict[int, Session] = {}


def session_of(environment: Environment) -> Session:
    """The session of this process; the first who asks makes it. Raises InputError where there is no target."""
    session = _sessions.get(id(environment))
    if session is None:
        session = _sessions[id(environment)] = Session(environment)
    return session


@events.init.add_listener
def _begin(environment: Environment, **_: Any) -> None:
    """Measure from the start on: the master has no users who would ask for a session."""
    session_of(environment)
