"""Inspection: people at each site open what customers send back, and decide what can be sold again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import simpy

from mock_systems.kit.lognormal import lognormal_us
from mock_systems.kit.physics import MINUTE, SECOND, JobQueue, Process, until_open
from mock_systems.kit.return_parcel import ReturnParcel
from mock_systems.wms.books import SiteBooks
from mock_systems.wms.return_book import ReturnOrder
from mock_systems.wms.return_orders import receive_return
from mock_systems.wms.return_wire import Disposition

if TYPE_CHECKING:
    from mock_systems.wms.system import Wms

Job = tuple[ReturnOrder, ReturnParcel]


@dataclass(frozen=True, slots=True)
class InspectionConfig:
    """Who inspects at each site, how long it takes, and how much of it is scrap.

    Times are means of lognormal ones, `spread` the sigma of their logarithm. Above `units_most` pieces of a line a
    sample is inspected. `scrap` is the share of lines that can't be sold again.
    """

    inspectors: int = 2
    parcel_us: int = 4 * MINUTE
    line_us: int = 1 * MINUTE
    unit_us: int = 5 * SECOND
    units_most: int = 60
    spread: float = 0.35
    scrap: float = 0.1

    def __post_init__(self) -> None:
        if self.inspectors < 1:
            raise ValueError(f"inspectors must be 1 or more (got {self.inspectors})")
        if not 0 <= self.scrap <= 1:
            raise ValueError(f"scrap is a share from 0 to 1 (got {self.scrap})")


class InspectionTable:
    """The people of one site; they come to work when the first parcel does."""

    def __init__(self, wms: Wms, place: SiteBooks, config: InspectionConfig) -> None:
        self._wms = wms
        self._place = place
        self._config = config
        self._jobs: JobQueue[Job] | None = None

    def inspect(self, expected: ReturnOrder, parcel: ReturnParcel) -> None:
        """An announced parcel is on the table."""
        env = self._wms.env
        assert env is not None, "wms: start(env) comes before the first return"
        # At once: another parcel of the same return is not to be taken for this one.
        self._wms.books.returns.enter(expected, "inspecting", int(env.now))
        if self._jobs is None:
            self._jobs = JobQueue(env)
            for _ in range(self._config.inspectors):
                env.process(self._work(env, self._jobs))
        self._jobs.put((expected, parcel))

    def _work(self, env: simpy.Environment, jobs: JobQueue[Job]) -> Process:
        wms, site = self._wms, self._place.site
        while True:
            expected, parcel = yield jobs.get()
            if closed_us := until_open(int(env.now), site.opens_hour, site.closes_hour):
                yield env.timeout(closed_us)
            yield env.timeout(self._time_us(parcel))
            found = {line.line: self._disposition(parcel, line.line) for line in parcel.lines}
            act = partial(receive_return, wms.books, expected, parcel, found)
            wms.act(act, int(env.now), expected.trace)

    def _disposition(self, parcel: ReturnParcel, line: int) -> Disposition:
        # Named by the business order: the channel's numbers of returns depend on who came first.
        drawn = self._wms.streams.fraction("disposition", parcel.order, line)
        return "scrap" if drawn < self._config.scrap else "restock"

    def _time_us(self, parcel: ReturnParcel) -> int:
        config = self._config
        units = sum(min(line.quantity, config.units_most) for line in parcel.lines)
        mean_us = config.parcel_us + config.line_us * len(parcel.lines) + config.unit_us * units
        drawn = self._wms.streams.fraction("inspect", parcel.order, self._place.site.site)
        return lognormal_us(mean_us, config.spread, drawn)
