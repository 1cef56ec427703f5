"""Samples of a run: what is under way in the world and in the core."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.oracle.figures.backlog import sampled_every_us
from sandbox.runs.estate import Estate
from sandbox.worlds.virtual.world import VirtualWorld

Sample = Callable[[int, str, float], None]


class Sampler:
    """Tells `sample(at_us, name, value)`: calls in flight and made in the period, in all and for each system."""

    def __init__(self, world: VirtualWorld, estate: Estate, sample: Sample, span_us: int) -> None:
        self._every_us = sampled_every_us(span_us)
        self._world = world
        self._estate = estate
        self._sample = sample
        self._calls = dict.fromkeys(estate, 0)

    def start(self) -> None:
        """Begin; call once, before the clock runs."""
        self._world.at(self._world.now_us + self._every_us, self._take)

    def _take(self) -> None:
        now_us = self._world.now_us
        self._sample(now_us, "calls_in_flight", self._world.network.in_flight)
        for name, system in self._estate.items():
            calls = system.door.calls
            self._sample(now_us, f"calls.{name}", calls - self._calls[name])
            self._calls[name] = calls
        self._world.at(now_us + self._every_us, self._take)
