"""Taking back: shipments are recalled from the warehouse, as long as the floor has not begun with them."""

from __future__ import annotations

from sandbox.core.model.shipment import PICKING_STATES, Shipment
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.sourcing import Sourcing
from sandbox.core.systems.client import SystemRefused


class TakingBack:
    """Recalls what can be recalled. Every step may be repeated, so a crash in between does no harm.

    What was taken back is part of the order's rest again: planned anew, under new references, unless the order has
    changed by then. That is the compensation where something else could not be taken back.
    """

    def __init__(self, parts: Parts, sourcing: Sourcing) -> None:
        self._wms = parts.systems.wms
        self._clock = parts.ports.clock
        self._sellable = parts.sellable
        self._sourcing = sourcing

    async def take_back(self, state: OrderState, reason: str) -> None:
        """Recall every shipment that is not known to be beyond recall; those that stay in the state are."""
        for reservation in state.to_release:
            await self._wms.release_reservation(reservation, reason, state.errand)
        state.to_release.clear()
        for shipment in list(state.shipments):
            if not shipment.is_beyond_recall and await self._recall(state, shipment, reason):
                self._forget(state, shipment)
                state.shipments.remove(shipment)
                state.has_rest = True

    def _forget(self, state: OrderState, shipment: Shipment) -> None:
        if state.recovered and shipment.reservation is not None:
            # Taken back before the crash, or now? The snapshot that we began with may count it as free already.
            self._sellable.doubt(shipment)
        else:
            self._sellable.drop(shipment, self._clock.now_us(), was_reserved=shipment.reservation is not None)

    async def _recall(self, state: OrderState, shipment: Shipment, reason: str) -> bool:
        """Whether the shipment is no more. False: the floor has it."""
        if shipment.outbound is None and await self._free_stock(state, shipment, reason):
            return True
        assert shipment.outbound is not None
        try:
            cancelled = await self._wms.cancel_outbound(shipment.outbound, reason, state.errand)
        except SystemRefused as refusal:
            if refusal.code != "after-release":
                raise
            told = str(refusal.body.get("state", ""))
            # What is packed has to come as news of its own: it is then that a label is due.
            shipment.state = "waved" if told in PICKING_STATES else shipment.state
            return False
        # The picker may have found nothing and ended it before us.
        self._sellable.reopen(state.saga, shipment.shrink(cancelled))
        return True

    async def _free_stock(self, state: OrderState, shipment: Shipment, reason: str) -> bool:
        """Give back what is reserved, where nothing was released. False: an unheard attempt has released it."""
        if shipment.reservation is None:
            try:
                # Under its key: if a request came through unheard, this finds its reservation.
                await self._sourcing.keep_stock(state, shipment)
            except SystemRefused:
                return True
        assert shipment.reservation is not None
        try:
            await self._wms.release_reservation(shipment.reservation, reason, state.errand)
        except SystemRefused as refusal:
            if refusal.code != "in-use":
                raise
            shipment.outbound = await self._sourcing.releasing.outbound(state, shipment)
            return False
        return True
