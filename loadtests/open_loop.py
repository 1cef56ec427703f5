"""Planned arrivals in place of users: `sandbox load SHAPE --rate 10` writes the plan, and gives Locust this file."""

from sandbox.load.under_locust.open_loop import OpenLoop
from sandbox.load.under_locust.shaped import Shaped


class PlannedShape(Shaped):
    """One user in each process, until the plan's time is over."""


class PlannedArrivals(OpenLoop):
    """One in each process; it makes every start in time, whatever became of those before."""
