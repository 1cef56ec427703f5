"""The floor of a warehouse: waves, pickers and packers.

Workers live as long as the run and take jobs from a queue; an order is never a process of its own. Outside the
opening hours they finish the job in hand and take no new one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import simpy

from mock_systems.kit.lognormal import lognormal_us
from mock_systems.kit.physics import JobQueue, Process, until_open
from mock_systems.kit.turn import Turn
from mock_systems.wms.books import OutboundOrder, SiteBooks
from mock_systems.wms.floor_config import FloorConfig
from mock_systems.wms.reservations import give_free
from mock_systems.wms.short_picks import draw_shorts, take_short

if TYPE_CHECKING:
    from mock_systems.wms.system import Wms


class Floor:
    """The floor of one site. `to_pick` and `to_pack` are the backlogs."""

    def __init__(self, wms: Wms, place: SiteBooks, config: FloorConfig) -> None:
        self._wms = wms
        self._place = place
        self._config = config
        self._weights_g = wms.books.weights_g

    def start(self, env: simpy.Environment) -> None:
        """Begin the waves and send the people to work."""
        self._env = env
        self.to_pick: JobQueue[OutboundOrder] = JobQueue(env)
        self.to_pack: JobQueue[OutboundOrder] = JobQueue(env)
        site, config = self._place.site, self._config
        env.process(self._waves())
        for _ in range(config.pickers or site.pickers):
            env.process(self._work(self.to_pick, self._pick_us, self._picked))
        for _ in range(config.packers or site.packers):
            env.process(self._work(self.to_pack, self._pack_us, self._packed))

    def _waves(self) -> Process:
        env, every_us = self._env, self._config.wave_every_us
        while True:
            step_us = every_us - int(env.now) % every_us
            yield env.timeout(step_us + self._closed_for_us(int(env.now) + step_us))
            if self._place.received:
                self._release_wave()

    def _release_wave(self) -> None:
        place = self._place
        wave = [outbound for outbound in place.received if outbound.state == "received"]
        place.received = []
        if not wave:
            return
        home = self._config.home_country
        wave.sort(key=lambda outbound: outbound.ship_to["country"] == home)  # stable: the oldest first in each part
        self._wms.act(partial(self._wave_released, wave), int(self._env.now))
        for outbound in wave:
            self.to_pick.put(outbound)

    def _wave_released(self, wave: list[OutboundOrder], turn: Turn) -> None:
        place, books = self._place, self._wms.books
        place.waves += 1
        site = place.site.site
        for outbound in wave:
            books.enter(outbound, "waved", turn.now_us)
        numbers = [outbound.outbound_order for outbound in wave]
        turn.fact("wave.released", f"WAV-{site}-{place.waves:04d}", None, {"site": site, "outbound_orders": numbers})

    def _work(
        self,
        jobs: JobQueue[OutboundOrder],
        time_us: Callable[[OutboundOrder], int],
        done: Callable[[OutboundOrder, Turn], None],
    ) -> Process:
        env, act = self._env, self._wms.act
        while True:
            outbound: OutboundOrder = yield jobs.get()
            closed_us = self._closed_for_us(int(env.now))
            if closed_us:
                yield env.timeout(closed_us)
            yield env.timeout(time_us(outbound))
            act(partial(done, outbound), int(env.now), outbound.trace)

    def _closed_for_us(self, now_us: int) -> int:
        site = self._place.site
        return until_open(now_us, site.opens_hour, site.closes_hour)

    def _pick_us(self, outbound: OutboundOrder) -> int:
        config, quantities = self._config, outbound.reservation.quantities
        units = min(sum(quantities.values()), config.pick_units_most)
        mean_us = config.pick_order_us + config.pick_line_us * len(outbound.reservation.lines)
        return self._drawn_us("pick", outbound, mean_us + config.pick_unit_us * units)

    def _pack_us(self, outbound: OutboundOrder) -> int:
        config = self._config
        mean_us = config.pack_order_us + config.pack_line_us * len(outbound.reservation.lines)
        return self._drawn_us("pack", outbound, mean_us)

    def _drawn_us(self, purpose: str, outbound: OutboundOrder, mean_us: int) -> int:
        # Named by order and site, not by outbound order: one more order must not shift the draws of the next.
        draw = self._wms.streams.fraction(purpose, outbound.order, outbound.reservation.site)
        return lognormal_us(mean_us, self._config.spread, draw)

    def _picked(self, outbound: OutboundOrder, turn: Turn) -> None:
        short = draw_shorts(outbound, self._config.short_picks, turn) if self._config.short_picks else []
        if short:
            take_short(self._place, outbound, short, turn)
            if not outbound.reservation.lines:
                self._nothing_found(outbound, turn)
                return
        self._wms.books.enter(outbound, "picked", turn.now_us)
        data = {"lines": outbound.reservation.lines}
        turn.fact("outbound.picked", outbound.outbound_order, outbound.order, data)
        if short:
            turn.notify("short_pick.reported", outbound.outbound_order, outbound.order, outbound.view())
        self.to_pack.put(outbound)

    def _nothing_found(self, outbound: OutboundOrder, turn: Turn) -> None:
        number = outbound.outbound_order
        self._wms.books.enter(outbound, "cancelled", turn.now_us)
        turn.fact("outbound.cancelled", number, outbound.order, {"reason": "short-pick"})
        give_free(self._wms.books, outbound.reservation, "short-pick", turn)
        turn.notify("short_pick.reported", number, outbound.order, outbound.view())

    def _packed(self, outbound: OutboundOrder, turn: Turn) -> None:
        weights_g = self._weights_g
        weight_g = self._config.carton_g
        for sku, quantity in outbound.reservation.quantities.items():
            weight_g += weights_g[sku] * quantity
        outbound.weight_g = weight_g
        number = outbound.outbound_order
        self._wms.books.enter(outbound, "packed", turn.now_us)
        parcels = [{"parcel": f"{number}-1", "weight_g": weight_g}]
        turn.fact("outbound.packed", number, outbound.order, {"parcels": parcels})
        turn.notify("outbound.packed", number, outbound.order, outbound.view())
