"""Release: a reserved shipment is handed to its warehouse's floor, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.model.shipment import Shipment
from sandbox.core.processes.once import Once
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts


class Releasing:
    """Makes a shipment's outbound order, or finds the one that an unheard attempt has made."""

    def __init__(self, parts: Parts, keep: Callable[[OrderState], Awaitable[None]]) -> None:
        self._wms = parts.systems.wms
        self._once = Once(parts, "wms", keep)

    async def outbound(self, state: OrderState, shipment: Shipment) -> str:
        """The id of the shipment's outbound order. Raises as `Once.do` does."""
        order, key, errand = state.order, state.key("outbound", shipment.reference), state.errand
        return await self._once.do(
            state,
            key,
            lambda: self._wms.release_outbound(order, shipment, key, errand),
            lambda: self._wms.outbound_of(shipment.reference, errand),
        )
