"""Order intake: by webhook, because it is quick, and by polling, because webhooks get lost. Each order once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.core.ports import Row, Transaction
from sandbox.core.processes.list_polling import ListPolling
from sandbox.core.processes.order_state import OrderState
from sandbox.core.processes.order_to_cash import OrderToCash
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.commerce import CLOSED_STATES, order_from_wire

ORDERS_LIST = "commerce-orders"


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
        self._team = parts.team
        self._known: dict[int, list[str]] = {}
        self._team.answer("order", self._admit_asked, flushes=True)
        self._team.hear("known", self.hear_known)
        self._team.hear("reached", self._hear_reached)
        self.beside: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None

    async def hear(self, message_id: str, body: Mapping[str, Any]) -> None:
        """A webhook brings an order; when this returns it is safe. Raises KeyError or ValueError for a poor one."""
        await self._admit(await self._believed(order_from_wire(body)))

    async def poll(self) -> None:
        """Ask the shop for new orders, until cancelled."""
        ask = self._parts.design.flows.orders.ask
        if ask is not None:
            commerce = self._parts.systems.commerce
            await ListPolling(
                self._parts,
                ORDERS_LIST,
                "commerce",
                lambda cursor, limit: commerce.orders_after(cursor, limit, Errand("poll")),
                self.take_listed,
            ).run(ask)

    async def take_listed(self, body: Mapping[str, Any]) -> None:
        """An order as the shop shows it: take it in if it is new, and hear what its customer has asked.

        Raises KeyError or ValueError for what can't be read.
        """
        await self._take_order(body)
        if self.beside is not None and body.get("requests"):
            await self.beside(body)

    async def _take_order(self, body: Mapping[str, Any]) -> None:
        seq = body["seq"]
        if self._parts.watermark.knows(seq):
            return
        order = order_from_wire(body)
        if body["state"] == "open":
            await self._admit(await self._believed(order))
        elif body["state"] in CLOSED_STATES:
            self._parts.sellable.soil(self._parts.watermark.know(seq))
        else:
            raise ValueError(f"an order in a state that is not in the contract: {body['state']}")

    async def _believed(self, order: Order) -> Order:
        """The order; asked for once more at the shop where it names an item that no warehouse knows."""
        sellable = self._parts.sellable
        if not sellable.loaded or all(line.sku in sellable.available for line in order.lines):
            return order
        errand = Errand.for_order(order.order, order.traceparent, None)
        return order_from_wire(await self._parts.systems.commerce.order(order.order, errand))

    async def _admit(self, order: Order) -> None:
        # Without deduplication, an experiment, every delivery is an order of its own.
        saga = order.order if self._deduplicate else f"{order.order}~{self._parts.ports.ids.new('D')}"
        if self._team.is_ours(saga):
            await self._admit_here(saga, order)
            return
        await self._team.ask(saga, "order", {"saga": saga, "order": order.to_row()})
        self._know(order.seq, [line.sku for line in order.lines])

    async def _admit_here(self, saga: str, order: Order) -> None:
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
        if not self._team.is_ours(saga):
            return  # it went to another worker meanwhile, which finds it in the journal
        if state is not None and not self._order_to_cash.is_open(saga):
            self._order_to_cash.counts.accepted += 1
            self._parts.sellable.expect(order, ())
            self._order_to_cash.begin(state)
        skus = [line.sku for line in order.lines]
        self._know(order.seq, skus)
        self.tell_known(order.seq, skus)

    async def _admit_asked(self, body: Row) -> None:
        await self._admit_here(body["saga"], Order.from_row(body["order"]))
        if not self._team.is_ours(body["saga"]):
            raise LookupError(f"{body['saga']} went to another worker")

    def _know(self, seq: int, skus: list[str]) -> None:
        self._parts.sellable.soil(self._parts.watermark.know(seq, skus))

    def tell_known(self, seq: int, skus: list[str]) -> None:
        """Tell the other workers that this one reckons with an order."""
        if self._team.is_shared:
            self._known[seq] = skus
            self._team.tell("known", {"orders": [[seq, skus]]})

    def known(self) -> Row:
        """The orders that this worker reckons with, beyond those that are published already."""
        return {"orders": [[seq, skus] for seq, skus in self._known.items()]}

    def hear_known(self, body: Row) -> None:
        """Orders that another worker reckons with."""
        for seq, skus in body["orders"]:
            self._know(seq, skus)

    def _hear_reached(self, body: Row) -> None:
        """The shop was told up to which order all are known."""
        self._known = {seq: skus for seq, skus in self._known.items() if seq > body["seq"]}

    def _absorbed(self, order: Order) -> None:
        self._parts.ports.observer.note("duplicate.absorbed", order.order, source="commerce.order")
