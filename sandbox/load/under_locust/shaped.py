"""A Locust shape that follows the plan: so many users at each moment, until its time is over.

Locust ends a shape in order: calls that are under way get their time, and workers tell all that they have measured.
"""

from __future__ import annotations

import time
from functools import cached_property

from locust import LoadTestShape
from locust.runners import MasterRunner

from sandbox.load.shapes import find_shape
from sandbox.load.target import LoadPlan, find_target
from sandbox.load.under_locust.session import session_of

_SPAWNS_A_SECOND = 50


class Shaped(LoadTestShape):
    """Users by the plan's shape, at least one; with planned arrivals one for each process, from the start on."""

    abstract = True

    @cached_property
    def _plan(self) -> LoadPlan:
        """Read when it is needed: workers have no plan before their master tells them theirs, and no shape either."""
        return find_target().plan

    def tick(self) -> tuple[int, float] | None:
        """How many users there are to be now; None: it is over, and all has been told."""
        wanted = self._wanted()
        if wanted is None and isinstance(self.runner, MasterRunner):
            session_of(self.runner.environment).measuring.end(self.runner)
        return wanted

    def _wanted(self) -> tuple[int, float] | None:
        began_s = self._plan.begins_at_s
        passed_s = self.get_run_time() if began_s is None else time.time() - began_s
        if self._plan.arrivals is not None:
            return None if passed_s > self._plan.length_s else (self._plan.processes, _SPAWNS_A_SECOND)
        time_share = passed_s / self._plan.length_s
        if time_share >= 1:
            return None
        if time_share < 0:
            return 0, _SPAWNS_A_SECOND
        return max(round(self._plan.users * find_shape(self._plan.shape).share_at(time_share)), 1), _SPAWNS_A_SECOND
