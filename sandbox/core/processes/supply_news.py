"""News of what comes in and what is counted: by webhook, and by asking, because webhooks get lost.

A flow that a company doesn't use has nothing to tell: then its list is looked at seldom.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from sandbox.core.model.errand import Errand
from sandbox.core.policies.cadence import rest, rounds_spared
from sandbox.core.processes import cycle_count, inbound_receipt, stock_adjustment
from sandbox.core.processes.document_flow import DocumentFlow
from sandbox.core.processes.list_polling import ListPolling, Page, Take
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.erp_supply import notice_from_wire
from sandbox.core.systems.wms import movement_from_wire
from sandbox.core.systems.wms_supply import count_from_wire, inbound_from_wire

NOTICES: Final = "erp-ship-notices"
MOVEMENTS: Final = "wms-stock-movements"
COUNTS: Final = "wms-counts"
INBOUND: Final = "wms-inbound-orders"
_BOOKED_BY_ITSELF: Final = "adjust"  # the other moves belong to documents of their own


class SupplyNews:
    """Opens a document for each ship notice, count and adjustment, and brings the warehouse's receipts to theirs."""

    def __init__(self, parts: Parts, flow: DocumentFlow) -> None:
        self._parts = parts
        self._flow = flow
        self._observer = parts.ports.observer
        erp, wms = parts.systems.erp_supply, parts.systems.wms_supply
        errand = Errand("poll")
        self.row_readers: Mapping[str, Take] = {
            NOTICES: self.take_notice,
            MOVEMENTS: self.take_movement,
            COUNTS: self.take_count,
            INBOUND: self.take_inbound,
        }

        def follow(name: str, system: str, fetch: Callable[[str, int, Errand], Awaitable[Page]]) -> ListPolling:
            return ListPolling(parts, name, system, lambda at, limit: fetch(at, limit, errand), self.row_readers[name])

        self._lists = {
            NOTICES: follow(NOTICES, "erp", erp.notices_after),
            MOVEMENTS: follow(MOVEMENTS, "wms", wms.movements_after),
            COUNTS: follow(COUNTS, "wms", wms.counts_after),
        }
        self._inbound = follow(INBOUND, "wms", wms.inbound_after)
        self._idle = dict.fromkeys(self._lists, 0)
        self._team = parts.team
        self._team.hear("purchase-order", self._take_purchase_order)
        self._team.hear("moved", self._hear_moved)

    async def hear_notice(self, message_id: str, data: Mapping[str, Any]) -> None:
        """A supplier has sent a ship notice. Raises KeyError for what can't be read."""
        await self.take_notice(data)

    async def hear_purchase_order(self, message_id: str, data: Mapping[str, Any]) -> None:
        """A purchase order was amended: what the ERP refused may be covered by now. Raises KeyError."""
        self._take_purchase_order(data)
        self._team.tell("purchase-order", {"purchase_order": data["purchase_order"]})

    def _take_purchase_order(self, data: Mapping[str, Any]) -> None:
        for state in self._flow.under_way(inbound_receipt.KIND):
            if state.about["purchase_order"] == data["purchase_order"] and state.exception is not None:
                self._flow.wake(state.kind, state.number)

    async def hear_inbound(self, message_id: str, data: Mapping[str, Any]) -> None:
        """A warehouse has received goods. Raises KeyError for what can't be read."""
        await self.take_inbound(data)

    async def hear_count(self, message_id: str, data: Mapping[str, Any]) -> None:
        """An item was counted. Raises KeyError for what can't be read.

        What is missing is taken off sale at once. One that the list brings is in the next snapshot.
        """
        if await self._take_count(data):
            count = count_from_wire(data)
            if count.difference < 0:
                now_us = self._parts.ports.clock.now_us()
                self._parts.sellable.block(count.site, count.sku, -count.difference, now_us)

    async def hear_moves(self, message_id: str, data: Mapping[str, Any]) -> None:
        """The warehouse tells of movements. Raises KeyError for what can't be read."""
        for wire in data["moves"]:
            if wire["reason"] == _BOOKED_BY_ITSELF:
                await self._adjust(wire)

    async def poll(self) -> None:
        """Ask for what the webhooks have not brought, until cancelled."""
        flow = self._parts.design.flows.supply
        if flow.ask is None:
            return
        while True:
            await rest(flow.ask, self._parts.ports.clock)
            for name, listed in self._lists.items():
                if self._idle[name] > 0:
                    self._idle[name] -= 1
                    continue
                await listed.poll()
                spare = flow.listens and not await self._is_used(name)
                self._idle[name] = rounds_spared(flow.ask, self._parts.ports.clock.now_us()) if spare else 0
            if self._team.is_shared or next(self._flow.under_way(inbound_receipt.KIND), None) is not None:
                await self._inbound.poll()

    async def _is_used(self, name: str) -> bool:
        """Whether the list has ever had a row."""
        cursors = self._parts.records.cursors
        return await self._parts.records.journal.run(lambda tx: cursors.get(tx, name)) is not None

    async def take_notice(self, wire: Mapping[str, Any]) -> None:
        """A ship notice, as sent or as listed. This and the next three raise KeyError, TypeError or ValueError."""
        notice = notice_from_wire(wire)
        about = inbound_receipt.about_notice(notice)
        await self._open(inbound_receipt.KIND, notice.asn, about, notice.traceparent)

    async def take_inbound(self, wire: Mapping[str, Any]) -> None:
        """An inbound order; what has come is news."""
        inbound = inbound_from_wire(wire)
        if inbound.received is not None:
            lines = [list(line) for line in inbound.received]
            news = {"kind": inbound_receipt.RECEIVED, "lines": lines}
            await self._flow.tell(inbound_receipt.KIND, inbound.asn, inbound_receipt.RECEIVED, news)

    async def take_count(self, wire: Mapping[str, Any]) -> None:
        """A count; one that is decided is no news."""
        await self._take_count(wire)

    async def _take_count(self, wire: Mapping[str, Any]) -> bool:
        """Whether the count is new."""
        if wire["state"] != "recorded":
            return False
        count = count_from_wire(wire)
        return await self._open(cycle_count.KIND, count.count, cycle_count.about_count(count), count.traceparent)

    async def take_movement(self, wire: Mapping[str, Any]) -> None:
        """A movement of the warehouse's list."""
        if self._take_moved(wire):
            self._team.tell("moved", dict(wire))
        if wire["reason"] == _BOOKED_BY_ITSELF:
            await self._adjust(wire)

    def _hear_moved(self, wire: Mapping[str, Any]) -> None:
        self._take_moved(wire)

    def _take_moved(self, wire: Mapping[str, Any]) -> bool:
        return self._parts.sellable.move(movement_from_wire(wire), self._parts.ports.clock.now_us())

    async def _adjust(self, wire: Mapping[str, Any]) -> None:
        movement = movement_from_wire(wire)
        about = stock_adjustment.about_movement(movement)
        await self._open(stock_adjustment.KIND, stock_adjustment.number_of(movement), about, None)

    async def _open(self, kind: str, number: str, about: Mapping[str, Any], traceparent: str | None) -> bool:
        new = await self._flow.open(kind, number, about, traceparent)
        if not new:
            self._observer.note("duplicate.absorbed", number, source=kind)
        return new
