"""Trucks: one leaves each site on the hour and takes every parcel that carries a label."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import simpy

from mock_systems.kit.opening import Site
from mock_systems.kit.physics import DAY, HOUR, Process
from mock_systems.kit.turn import Turn
from mock_systems.wms.books import OutboundOrder, SiteBooks
from mock_systems.wms.stock import ship_stock

if TYPE_CHECKING:
    from mock_systems.wms.system import Wms


def leaves_at(site: Site, now_us: int) -> bool:
    """Whether a truck leaves on this full hour: from an hour after the opening to an hour after the close."""
    hour = now_us % DAY // HOUR
    first, last = site.opens_hour + 1, site.closes_hour + 1
    return first <= hour <= last or first <= hour + 24 <= last


class Dock:
    """The dock of one site."""

    def __init__(self, wms: Wms, place: SiteBooks) -> None:
        self._wms = wms
        self._place = place

    def start(self, env: simpy.Environment) -> None:
        """Begin the departures."""
        env.process(self._departures(env))

    def _departures(self, env: simpy.Environment) -> Process:
        while True:
            yield env.timeout(HOUR - int(env.now) % HOUR)
            if self._place.labelled and leaves_at(self._place.site, int(env.now)):
                self._depart(int(env.now))

    def _depart(self, now_us: int) -> None:
        load = self._place.labelled
        self._place.labelled = []
        for outbound in load:
            self._wms.act(partial(self._ship, outbound), now_us, outbound.trace)
        trackings = [outbound.tracking for outbound in load if outbound.tracking is not None]
        for handed_over in self._wms.on_departure:
            handed_over(trackings, now_us)

    def _ship(self, outbound: OutboundOrder, turn: Turn) -> None:
        reservation = outbound.reservation
        number, order = outbound.outbound_order, outbound.order
        self._wms.books.enter(outbound, "shipped", turn.now_us)
        data = {
            "site": reservation.site,
            "lines": reservation.lines,
            "label": outbound.label,
            "tracking": outbound.tracking,
            "reservation": reservation.reservation,
        }
        turn.fact("outbound.shipped", number, order, data)
        turn.notify("outbound.shipped", number, order, outbound.view())
        ship_stock(self._place, outbound, turn)
