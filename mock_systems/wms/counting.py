"""Cycle counting: people count item after item at each site while picking goes on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import simpy

from mock_systems.kit.births import born_traceparent
from mock_systems.kit.lognormal import lognormal_us
from mock_systems.kit.physics import HOUR, MINUTE, Process, call_after, until_open
from mock_systems.wms.books import Balance, SiteBooks
from mock_systems.wms.count_book import Count
from mock_systems.wms.counts import record_count

if TYPE_CHECKING:
    from mock_systems.wms.system import Wms

_MISSING = 0.6  # of the differences; the rest are goods that nobody knew of
_MOST = 0.1  # of the book, and at least one each


@dataclass(frozen=True, slots=True)
class CountingConfig:
    """How many items are counted a day at each site (0: none), and in what share of counts the shelf differs.

    A count takes `count_us` in the mean, lognormal; `spread` is the sigma of its logarithm.
    """

    counts_per_day: int = 0
    count_errors: float = 0.0
    count_us: int = 20 * MINUTE
    spread: float = 0.5

    def __post_init__(self) -> None:
        if self.counts_per_day < 0:
            raise ValueError(f"counts_per_day must be 0 or more (got {self.counts_per_day})")
        if not 0 <= self.count_errors <= 1:
            raise ValueError(f"count_errors is a share from 0 to 1 (got {self.count_errors})")


class CountingTeam:
    """The counters of one site. They take the items in turn, in an order drawn anew each round."""

    def __init__(self, wms: Wms, place: SiteBooks, config: CountingConfig) -> None:
        self._wms = wms
        self._place = place
        self._config = config
        self._round = 0
        self._left: list[str] = []

    def start(self, env: simpy.Environment) -> None:
        """Begin, where counting is on."""
        if self._config.counts_per_day and self._place.stock:
            env.process(self._begin_counts(env))

    def _begin_counts(self, env: simpy.Environment) -> Process:
        site = self._place.site
        every_us = (site.closes_hour - site.opens_hour) * HOUR // self._config.counts_per_day
        yield env.timeout(every_us // 2)
        while True:
            if closed_us := until_open(int(env.now), site.opens_hour, site.closes_hour):
                yield env.timeout(closed_us + every_us // 2)
            self._begin(env)
            yield env.timeout(every_us)

    def _begin(self, env: simpy.Environment) -> None:
        row = self._next_row()
        if row is None:
            return
        books, place, streams = self._wms.books, self._place, self._wms.streams
        place.counts += 1
        number = f"CNT-{place.site.site}-{place.counts:06d}"
        parent = born_traceparent(streams, "count", number)
        count = Count(number, row.site, row.sku, row.on_hand, row.sequence, parent)
        books.counts.pending[row.site, row.sku] = None
        config = self._config
        takes_us = lognormal_us(config.count_us, config.spread, streams.fraction("count", number))
        call_after(env, takes_us, partial(self._record, env, count, row))

    def _record(self, env: simpy.Environment, count: Count, row: Balance) -> None:
        count.counted = count.book + self._difference(count, row)
        self._wms.act(partial(record_count, self._wms.books, count), int(env.now), count.traceparent[3:35])

    def _difference(self, count: Count, row: Balance) -> int:
        """Drawn by site, item and time of counting; what is missing was not promised to anybody."""
        draw = self._wms.streams.of("count-difference", count.count)
        if draw.random() >= self._config.count_errors:
            return 0
        size = 1 + int(draw.random() ** 2 * _MOST * max(0, count.book))
        return -min(size, count.book, max(0, row.available)) if draw.random() < _MISSING else size

    def _next_row(self) -> Balance | None:
        place, pending = self._place, self._wms.books.counts.pending
        site = place.site.site
        for sku in self._wms.books.counts.again.pop(site, ()):
            self._left.append(sku)
        for _ in range(len(place.stock)):
            if not self._left:
                self._left = self._shuffled()
            sku = self._left.pop()
            if (site, sku) not in pending:
                return place.stock[sku]
        return None

    def _shuffled(self) -> list[str]:
        self._round += 1
        site, fraction = self._place.site.site, self._wms.streams.fraction
        return sorted(self._place.stock, key=lambda sku: (fraction("count-order", site, self._round, sku), sku))
