"""The open loop: starts are planned beforehand and made in time, whether or not earlier calls have been answered."""

from __future__ import annotations

import time
from typing import Final

import gevent
from gevent.pool import Pool
from locust import task
from locust.exception import StopUser

from sandbox.load.under_locust.user import SandboxUser

IN_FLIGHT_MOST: Final = 1_000
"""Calls under way in one process; a start beyond them is dropped, and counted."""


class OpenLoop(SandboxUser):
    """Makes this process's share of the planned starts; each process has one such user, as `Shaped` gives it.

    Latency counts from the planned start, so that a call is not better off for having been sent late. Starts that are
    late or dropped are told in the measurements.
    """

    abstract = True
    concurrency = IN_FLIGHT_MOST

    @task
    def keep_the_plan(self) -> None:
        """Once through the plan, then no more."""
        plan, arrivals = self.session.target.plan, self.session.target.arrivals
        under_way = Pool(IN_FLIGHT_MOST)
        windows = self.session.measuring.windows
        windows.starts.planned += len(arrivals)
        began_s = plan.begins_at_s or time.time()
        for arrival in arrivals:
            planned_s = began_s + arrival.at_s
            gevent.sleep(max(planned_s - time.time(), 0.0))
            if under_way.full():
                continue
            windows.starts.start(max(time.time() - planned_s, 0.0))
            under_way.spawn(self.do, arrival.operation, planned_s).link_exception(lambda _: windows.starts.broke())
        under_way.join()
        raise StopUser
