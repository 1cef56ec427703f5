"""Receiving: people at the dock of a site unload trucks, count what came and put it on the shelf."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import simpy

from mock_systems.kit.consignment import Consignment
from mock_systems.kit.lognormal import lognormal_us
from mock_systems.kit.physics import MINUTE, SECOND, JobQueue, Process, until_open
from mock_systems.wms.books import SiteBooks
from mock_systems.wms.inbound import receive
from mock_systems.wms.inbound_book import InboundOrder

if TYPE_CHECKING:
    from mock_systems.wms.system import Wms

Job = tuple[InboundOrder, Consignment]


@dataclass(frozen=True, slots=True)
class ReceivingConfig:
    """Who unloads at each site and how long it takes: means of lognormal times, `spread` the sigma of their logarithm.

    Above `units_most` units of a line whole pallets come, and take no more time.
    """

    receivers: int = 2
    truck_us: int = 15 * MINUTE
    line_us: int = 2 * MINUTE
    unit_us: int = 1 * SECOND
    units_most: int = 300
    spread: float = 0.35

    def __post_init__(self) -> None:
        if self.receivers < 1:
            raise ValueError(f"receivers must be 1 or more (got {self.receivers})")


class ReceivingDock:
    """The people of one site; they come to work when the first truck does."""

    def __init__(self, wms: Wms, place: SiteBooks, config: ReceivingConfig) -> None:
        self._wms = wms
        self._place = place
        self._config = config
        self._jobs: JobQueue[Job] | None = None

    def unload(self, inbound: InboundOrder, consignment: Consignment) -> None:
        """An announced delivery is at the dock."""
        env = self._wms.env
        assert env is not None, "wms: start(env) comes before the first delivery"
        if self._jobs is None:
            self._jobs = JobQueue(env)
            for _ in range(self._config.receivers):
                env.process(self._work(env, self._jobs))
        self._jobs.put((inbound, consignment))

    def _work(self, env: simpy.Environment, jobs: JobQueue[Job]) -> Process:
        wms, site = self._wms, self._place.site
        while True:
            inbound, consignment = yield jobs.get()
            if closed_us := until_open(int(env.now), site.opens_hour, site.closes_hour):
                yield env.timeout(closed_us)
            wms.books.inbound.enter(inbound, "receiving", int(env.now))
            yield env.timeout(self._time_us(consignment))
            wms.act(partial(receive, wms.books, inbound, consignment), int(env.now), inbound.trace)

    def _time_us(self, consignment: Consignment) -> int:
        config = self._config
        units = sum(min(line.quantity + line.damaged, config.units_most) for line in consignment.lines)
        mean_us = config.truck_us + config.line_us * len(consignment.lines) + config.unit_us * units
        return lognormal_us(mean_us, config.spread, self._wms.streams.fraction("receive", consignment.asn))
