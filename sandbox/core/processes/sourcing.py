"""Sourcing: which site ships what of an order, and the stock that is reserved there for it.

Whatever of an order is in no shipment is planned, be it new, picked short, taken back or waiting for stock. A plan is
kept before it is carried out, because its keys depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.core.model.order import OrderLine
from sandbox.core.model.shipment import Shipment
from sandbox.core.processes.allocation import SiteLines, allocate
from sandbox.core.processes.once import Once
from sandbox.core.processes.order_entry import Keep
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.releasing import Releasing
from sandbox.core.processes.waiting import Wait
from sandbox.core.systems.client import SystemRefused

_NO_SNAPSHOT_RETRY_US = 5_000_000


class Sourcing:
    """Plans and reserves. `keep` writes the state down after each effect."""

    def __init__(self, parts: Parts, keep: Keep) -> None:
        self._clock = parts.ports.clock
        self._wms = parts.systems.wms
        self._sellable = parts.sellable
        self._elsewhere = "other_site" in parts.design.shortages.short_picks
        self._once_in_wms = Once(parts, "wms", keep)
        self.releasing = Releasing(parts, keep)
        self._keep = keep

    async def source(self, state: OrderState) -> list[OrderLine]:
        """Plan what is in no shipment, reserve it at its sites, and tell what can't be had.

        The plan is kept before it is carried out, its outcome with the release that follows.
        """
        if state.to_release:
            await self._give_back(state)
        lacking: list[OrderLine] = []
        if state.has_rest:
            lacking, planned = self._plan(state)
            if planned:
                await self._keep(state)
        for shipment in state.shipments:
            if shipment.reservation is None:
                await self.reserve(state, shipment)
        return lacking

    async def reserve(self, state: OrderState, shipment: Shipment) -> None:
        """Reserve a shipment under its own key. Where its site holds less than was thought, raises Wait: plan anew.

        Raises SystemRefused for any other refusal: the same plan would be refused again.
        """
        try:
            await self.keep_stock(state, shipment)
        except SystemRefused as refusal:
            if not refusal.body.get("short"):
                raise
            await self._replan(state, shipment, refusal)

    async def keep_stock(self, state: OrderState, shipment: Shipment) -> None:
        """Reserve a shipment, or find out which reservation an unheard attempt has made. Raises SystemRefused."""
        key = state.key("reservation", shipment.reference)
        order, errand = state.order.order, state.errand
        shipment.reservation = await self._once_in_wms.do(
            state,
            key,
            lambda: self._wms.reserve(order, shipment, key, errand),
            lambda: self._wms.reservation_of(shipment.reference, errand),
        )
        self._sellable.settle(shipment, self._clock.now_us())

    async def _replan(self, state: OrderState, refused: Shipment, refusal: SystemRefused) -> None:
        """A site holds less than was thought: note what the plan reserved, to be given back, and plan anew."""
        now_us = self._clock.now_us()
        for shipment in [each for each in state.shipments if each.outbound is None]:
            if shipment.reservation is not None:
                state.to_release.append(shipment.reservation)
            self._sellable.drop(shipment, now_us, was_reserved=shipment.reservation is not None)
            state.shipments.remove(shipment)
        for short in refusal.body.get("short", ()):
            self._sellable.correct(refused.site, short["sku"], short["available"], now_us)
        state.has_rest = True
        await self._keep(state)
        raise Wait(now_us, settled=False)

    async def _give_back(self, state: OrderState) -> None:
        for reservation in state.to_release:
            await self._wms.release_reservation(reservation, "replanned", state.errand)
        state.to_release.clear()

    def _plan(self, state: OrderState) -> tuple[list[OrderLine], bool]:
        """Put the rest of the order into shipments as far as there is stock; what is lacking, and if any is new."""
        rest = state.rest()
        if not rest:
            state.has_rest = False
            return [], False
        if not self._sellable.loaded:
            raise Wait(self._clock.now_us() + _NO_SNAPSHOT_RETRY_US, settled=False)
        plan, lacking = self._allocate(state, rest)
        now_us = self._clock.now_us()
        for number, (site, lines) in enumerate(plan.items(), start=1):
            shipment = Shipment(_reference(state, number), site, tuple(lines))
            state.shipments.append(shipment)
            self._sellable.hold(shipment, now_us)
        if plan:
            state.plans += 1
        state.has_rest = bool(lacking)
        return lacking, bool(plan)

    def _allocate(self, state: OrderState, rest: list[OrderLine]) -> tuple[SiteLines, list[OrderLine]]:
        """What was picked short comes from another site if it can; whether it may at all is the design's rule."""
        available = self._sellable.available
        if not state.short_at:
            plan, lacking = allocate(rest, available)
        elif not self._elsewhere and not state.stock_came:
            plan, lacking = allocate([line for line in rest if line.line not in state.short_at], available)
            lacking += [(line.line, line.sku, line.quantity) for line in rest if line.line in state.short_at]
        else:
            plan, lacking = allocate(rest, _elsewhere(state, rest, available))
            if lacking:
                plan, lacking = allocate(rest, available)
        state.stock_came = False
        left = {line: quantity for line, _, quantity in lacking}
        return plan, [line.part(left[line.line]) for line in rest if line.line in left]


def _elsewhere(
    state: OrderState, rest: list[OrderLine], available: Mapping[str, Mapping[str, int]]
) -> dict[str, Mapping[str, int]]:
    """What other sites have of the items that were picked short."""
    seen: dict[str, Mapping[str, int]] = {}
    for line in rest:
        sites = available.get(line.sku, {})
        shunned = state.short_at.get(line.line, ())
        seen[line.sku] = {site: quantity for site, quantity in sites.items() if site not in shunned}
    return seen


def _reference(state: OrderState, number: int) -> str:
    """A shipment's reference: unique over plans, and the order can be read from it."""
    return f"{state.saga}-{state.plans * 10 + number}"


def saga_of_reference(reference: str) -> str:
    """The saga that a shipment's reference names."""
    return reference.rpartition("-")[0]
