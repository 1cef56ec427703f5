"""Intake of change requests: by webhook, and with the channel's list of orders, because webhooks get lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.journal.outbox import Kept
from sandbox.core.journal.signals import Signals
from sandbox.core.model.change_request import ChangeRequest
from sandbox.core.model.errand import Errand
from sandbox.core.ports import Row, Transaction
from sandbox.core.processes.news import change_news
from sandbox.core.processes.order_changes import TOO_LATE
from sandbox.core.processes.order_intake import OrderIntake
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.order_to_cash import OrderToCash
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused
from sandbox.core.systems.commerce import change_request_from_wire


class ChangeIntake:
    """Brings requests to their orders. One for an order that is done already is refused at once."""

    def __init__(self, parts: Parts, order_to_cash: OrderToCash, intake: OrderIntake) -> None:
        self._parts = parts
        self._records = parts.records
        self._order_to_cash = order_to_cash
        self._intake = intake
        self._signals = Signals()
        self._team = parts.team
        self._team.answer("change", self._bring_asked)
        intake.beside = self.take_listed

    async def hear(self, message_id: str, data: Mapping[str, Any]) -> None:
        """A webhook brings a request. Raises KeyError, TypeError or ValueError for what can't be read."""
        order, request = str(data["order"]), change_request_from_wire(data)
        if not await self._is_known(order):
            # The request has overtaken its order: have that first.
            await self._intake.take_listed(await self._ordered(order))
        await self._bring(order, request)

    async def _ordered(self, order: str) -> Mapping[str, Any]:
        """The order as the shop shows it. Raises ValueError where the shop has none of that name: it never will."""
        try:
            return await self._parts.systems.commerce.order(order, Errand("poll"))
        except SystemRefused as refusal:
            if refusal.status != 404:
                raise
            raise ValueError(f"it is about {order}, which the shop does not know") from refusal

    async def take_listed(self, body: Mapping[str, Any]) -> None:
        """The channel's list shows an order with requests."""
        for wire in body["requests"]:
            if wire["state"] == "open":
                await self._bring(str(body["order"]), change_request_from_wire(wire))

    async def _bring(self, order: str, request: ChangeRequest) -> None:
        if not self._team.is_ours(order):
            await self._team.ask(order, "change", {"order": order, "request": request.to_row()})
            return
        name, body = change_news(request)
        if not self._order_to_cash.is_open(order):
            await self._turn_away(order, request)
            return
        key = await self._records.journal.run(lambda tx: self._signals.put(tx, order, name, body))
        if self._order_to_cash.is_open(order):
            self._order_to_cash.post(order, key, body)
        else:
            await self._records.journal.run(lambda tx: self._signals.remove(tx, key))
            await self._turn_away(order, request)

    async def _bring_asked(self, body: Row) -> None:
        await self._bring(body["order"], ChangeRequest.from_row(body["request"]))

    async def _turn_away(self, order: str, request: ChangeRequest) -> None:
        """The order went its way, or was never taken in: what it came to stands in the journal.

        A request that had its answer before may be heard of once more, when a webhook that failed is sent again.
        """
        records = self._records

        async def write(tx: Transaction) -> list[Kept]:
            saga = await records.sagas.get(tx, order)
            if saga is None or not saga.done:
                return []
            state = OrderState.from_row(saga)
            if state.outcome != "delivered" or request.request in state.answered:
                return []
            told = {
                "order": order,
                "kind": request.kind,
                "request": request.request,
                "reason": TOO_LATE,
                "traceparent": state.order.traceparent,
            }
            return [await records.outbox.append(tx, "change.refused", order, told)]

        told = await records.journal.run(write)
        if told:
            records.relay.wake(told)

    async def _is_known(self, order: str) -> bool:
        if self._order_to_cash.is_open(order):
            return True
        return await self._records.journal.run(lambda tx: self._records.sagas.get(tx, order)) is not None
