"""Order intake: by webhook, because it is quick, and by polling, because webhooks get lost. Each order once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Transaction
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.order_to_cash import OrderToCash
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused
from sandbox.core.systems.commerce import order_from_wire

_CURSOR = "commerce-orders"
_POISON = (KeyError, TypeError, ValueError)


class OrderIntake:
    """Takes orders in. An order that can't be read is put aside as a dead letter, and the rest flows.

    `beside` takes what else the list shows of an order: what its customer has asked to have changed.
    """

    def __init__(self, parts: Parts, order_to_cash: OrderToCash) -> None:
        self._parts = parts
        self._records = parts.records
        self._clock = parts.ports.clock
        self._order_to_cash = order_to_cash
        self._deduplicate = parts.design.intake.deduplicate
        self.beside: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None

    async def hear(self, message_id: str, body: Mapping[str, Any]) -> None:
        """A webhook brings an order; when this returns it is safe."""
        order = await self._read(message_id, body)
        if order is not None:
            await self._admit(order)

    async def poll(self) -> None:
        """Ask the shop for new orders, until cancelled."""
        every_us = self._parts.design.intake.poll_every_us
        if every_us is None:
            return
        while True:
            try:
                await self._poll_once()
            except (SystemUnavailable, SystemRefused) as error:
                self._parts.ports.observer.note("poll.failed", "commerce", cause=str(error))
            await asyncio.sleep(every_us / 1_000_000)

    async def _poll_once(self) -> None:
        cursor = await self._records.journal.run(lambda tx: self._records.cursors.get(tx, _CURSOR)) or ""
        more = True
        while more:
            limit = self._parts.design.intake.page_limit
            page, cursor, more = await self._parts.systems.commerce.orders_after(cursor, limit, Errand("poll"))
            for body in page:
                await self.take_listed(body)
            if page:
                position = cursor
                await self._records.journal.run(lambda tx: self._records.cursors.put(tx, _CURSOR, position))  # noqa: B023

    async def take_listed(self, body: Mapping[str, Any]) -> None:
        """An order as the shop shows it: take it in if it is new, and hear what its customer has asked."""
        await self._take_order(body)
        if self.beside is not None and body.get("requests"):
            try:
                await self.beside(body)
            except _POISON as error:
                await self._put_aside(f"requests/{body.get('order')}", body, error)

    async def _take_order(self, body: Mapping[str, Any]) -> None:
        seq = body.get("seq")
        if isinstance(seq, int) and self._parts.watermark.knows(seq):
            return
        order = await self._read(f"listed/{body.get('order')}", body)
        if order is not None and body.get("state") == "open":
            await self._admit(order)
        elif isinstance(seq, int):
            self._parts.sellable.soil(self._parts.watermark.know(seq))

    async def _read(self, message_id: str, body: Mapping[str, Any]) -> Order | None:
        try:
            return order_from_wire(body)
        except _POISON as error:
            await self._put_aside(message_id, body, error)
            return None

    async def _admit(self, order: Order) -> None:
        # Without deduplication, an experiment, every delivery is an order of its own.
        saga = order.order if self._deduplicate else f"{order.order}~{self._parts.ports.ids.new('D')}"
        if self._order_to_cash.is_open(saga):
            self._absorbed(order)
            return

        async def write(tx: Transaction) -> OrderState | None:
            now_us = self._clock.now_us()
            if not await self._records.inbox.admit(tx, "commerce.order", saga, now_us):
                return None
            if await self._records.sagas.get(tx, saga) is not None:
                self._absorbed(order)  # delivered again after the inbox forgot it
                return None
            return await self._order_to_cash.write_new(tx, saga, order)

        state = await self._records.journal.run(write)
        if state is not None and not self._order_to_cash.is_open(saga):
            self._parts.sellable.expect(order, ())
            self._order_to_cash.begin(state)
        gap_closed = self._parts.watermark.know(order.seq, (line.sku for line in order.lines))
        self._parts.sellable.soil(gap_closed)

    def _absorbed(self, order: Order) -> None:
        self._parts.ports.observer.note("duplicate.absorbed", order.order, source="commerce.order")

    async def _put_aside(self, message_id: str, body: Mapping[str, Any], error: Exception) -> None:
        number = str(body.get("order", message_id))
        message = f"an order from the shop can't be read: {error!r}"
        records = self._records

        async def write(tx: Transaction) -> None:
            now_us = self._clock.now_us()
            await records.dead_letters.park(tx, "commerce", message_id, dict(body), repr(error), now_us)
            await records.exceptions.open(tx, number, "unreadable-order", message, body.get("order"), None)

        await records.journal.run(write)
