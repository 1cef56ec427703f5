"""Fulfilment: release to the floor, label what is packed, follow what has left."""

from __future__ import annotations

from sandbox.core.model.shipment import Label, Shipment
from sandbox.core.policies.outcomes import OutcomeUnknown, SystemUnavailable
from sandbox.core.processes.order_entry import Keep
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.releasing import Releasing
from sandbox.core.processes.waiting import Wait

_DELIVERED = "delivered"


class Fulfilment:
    """The steps of each shipment from its reservation to the customer's door."""

    def __init__(self, parts: Parts, keep: Keep) -> None:
        self._clock = parts.ports.clock
        self._wms = parts.systems.wms
        self._carrier = parts.systems.carrier
        self._look_first = parts.design.safety.look_up_unknown
        policy = parts.systems.callers["carrier"].policy
        self._look_after_us, self._timeout_us = policy.look_after_us, policy.timeout_us
        self._may_sell_twice = not policy.honours_keys and self._look_first
        tracking = parts.design.flows.tracking
        assert tracking.ask is not None, "a parcel that nobody asks about is never seen to arrive"
        self._first_look, self._next_look = tracking.ask, tracking.ask_again or tracking.ask
        self._releasing = Releasing(parts, keep)
        self._keep = keep

    async def release(self, state: OrderState) -> None:
        """Hand every reserved shipment to its warehouse."""
        for shipment in state.shipments:
            if shipment.outbound is None:
                shipment.outbound = await self._releasing.outbound(state, shipment)
                state.bind("wms.outbound", shipment.outbound, shipment.reference)
                if shipment is state.shipments[-1] and not any(each.has_reached("shipped") for each in state.shipments):
                    state.reach("released")
                await self._keep(state)

    async def label(self, state: OrderState, shipment: Shipment) -> None:
        """Buy the one label of a packed shipment, and give it to the warehouse."""
        if shipment.label is None:
            label = await self._find_label(state, shipment) or await self._buy_label(state, shipment)
            shipment.label, shipment.tracking = label.label, label.tracking
            state.bind("carrier.tracking", label.tracking, shipment.reference)
            await self._keep(state)
        if self._may_sell_twice:
            await self._void_surplus(state, shipment)
        await self._wms.attach_label(shipment, state.errand)
        shipment.state = "labelled"

    async def _void_surplus(self, state: OrderState, shipment: Shipment) -> None:
        """Give back what else was sold under our reference: a proxy that repeats a call buys a second label."""
        for label in await self._carrier.labels_for(shipment.reference, state.errand):
            if label.label != shipment.label:
                await self._carrier.void(label.label, state.errand)

    async def _find_label(self, state: OrderState, shipment: Shipment) -> Label | None:
        """The label that an earlier attempt bought, if it did; any further one is given back."""
        if not shipment.label_asked or not self._look_first:
            return None
        look_at_us = shipment.label_asked + self._timeout_us + self._look_after_us
        if self._clock.now_us() < look_at_us:
            raise Wait(look_at_us, settled=False)
        found = await self._carrier.labels_for(shipment.reference, state.errand)
        for surplus in found[1:]:
            await self._carrier.void(surplus.label, state.errand)
        return found[0] if found else None

    async def _buy_label(self, state: OrderState, shipment: Shipment) -> Label:
        """Ask for a label, having written down that we do: the carrier sells two to those who ask twice."""
        country = state.order.ship_to["country"]
        service = await self._carrier.cheapest_service(shipment, country, state.errand)
        shipment.label_asked = self._clock.now_us()
        await self._keep(state)
        try:
            return await self._carrier.buy_label(
                state.order.order, shipment, service, country, state.errand, blindly=not self._look_first
            )
        except OutcomeUnknown:
            raise Wait(self._clock.now_us() + self._look_after_us, settled=False) from None
        except SystemUnavailable as away:
            if not away.unknown:
                shipment.label_asked = 0
            raise

    async def track(self, state: OrderState) -> None:
        """Ask the carrier itself where its messages fail to come. Raises Wait while parcels are under way."""
        now_us = self._clock.now_us()
        if now_us < state.track_at_us:
            raise Wait(state.track_at_us)
        for shipment in state.shipments:
            if shipment.tracking_status != _DELIVERED and shipment.tracking is not None:
                shipment.tracking_status = await self._carrier.tracking_status(shipment.tracking, state.errand)
        if not self.all_delivered(state):
            state.track_at_us = self._next_look.due_us(now_us)
            await self._keep(state)
            raise Wait(state.track_at_us)

    def expect_delivery(self, state: OrderState) -> None:
        """All has left: reckon with news from the carrier, and look for oneself when none comes."""
        state.track_at_us = self._first_look.due_us(self._clock.now_us())

    @staticmethod
    def all_delivered(state: OrderState) -> bool:
        """Whether every shipment has reached the customer."""
        return all(shipment.tracking_status == _DELIVERED for shipment in state.shipments)
