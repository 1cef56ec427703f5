"""Webhooks from the systems: each topic has its reader, and is acknowledged when its effect is safe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.journal.aside import UNREADABLE, name_of
from sandbox.core.ports import HttpReply, HttpRequest, Row
from sandbox.core.processes.change_intake import ChangeIntake
from sandbox.core.processes.order_intake import ORDERS_LIST, OrderIntake
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.stock_publishing import StockPublishing
from sandbox.core.processes.system_news import OUTBOUND_LIST, SystemNews

RowReader = Callable[[Mapping[str, Any]], Awaitable[None]]
Reader = Callable[[str, Mapping[str, Any]], Awaitable[None]]


class WebhookReceiver:
    """Reads what the systems send. What can't be read is put aside, and acknowledged: it would not get better."""

    def __init__(
        self, parts: Parts, intake: OrderIntake, changes: ChangeIntake, news: SystemNews, stock: StockPublishing
    ) -> None:
        self._parts = parts
        self._intake = intake
        flows = parts.design.flows
        readers: Mapping[tuple[str, str], Reader] = {
            ("commerce", "order.created"): intake.hear,
            ("commerce", "order.cancellation_requested"): changes.hear,
            ("commerce", "order.edit_requested"): changes.hear,
            ("erp", "sales_order.released"): news.hear_sales_order,
            ("erp", "sales_order.rejected"): news.hear_sales_order,
            ("wms", "outbound.packed"): news.hear_outbound,
            ("wms", "outbound.shipped"): news.hear_outbound,
            ("wms", "short_pick.reported"): news.hear_outbound,
            ("wms", "stock.moved"): stock.hear_moves,
            ("carrier", "tracking.updated"): news.hear_tracking,
        }
        deaf = {
            "commerce": () if flows.orders.listens else ("order.",),
            "erp": () if flows.credit.listens else ("sales_order.",),
            "wms": (
                *(() if flows.fulfilment.listens else ("outbound.", "short_pick.")),
                *(() if flows.stock.listens else ("stock.",)),
            ),
            "carrier": () if flows.tracking.listens else ("tracking.",),
        }
        self._readers = {
            (system, topic): reader
            for (system, topic), reader in readers.items()
            if not topic.startswith(deaf.get(system, ()))
        }
        self._row_readers: dict[str, RowReader] = {
            ORDERS_LIST: intake.take_listed,
            OUTBOUND_LIST: news.take_listed,
        }

    def read(self, system: str, topic: str, reader: Reader) -> None:
        """Have `reader` read what `system` sends under `topic`."""
        self._readers[system, topic] = reader

    def topics(self) -> dict[str, list[str]]:
        """What is read of each system."""
        found: dict[str, list[str]] = {}
        for system, topic in self._readers:
            found.setdefault(system, []).append(topic)
        return found

    def read_rows(self, readers: Mapping[str, RowReader]) -> None:
        """Have rows that were put aside read by these, by the list's name."""
        self._row_readers.update(readers)

    async def receive(self, system: str, request: HttpRequest) -> HttpReply:
        """Take one webhook: 200 when its effect is safe, 204 for a topic that we don't use."""
        body = request.body
        topic = body.get("type") if isinstance(body, dict) else None
        reader = self._readers.get((system, str(topic)))
        if reader is None:
            return HttpReply(204)
        message_id = f"{system}/{request.headers.get('webhook-id', '')}"
        await self._read(reader, system, message_id, body)
        return HttpReply(200, {"received": message_id})

    async def replay(self, letter: Row) -> bool:
        """Give a dead letter to its reader as if it had just come: inbox and versions decide what it still means.

        False where it still can't be read, or where nobody reads the like any more: then it stays aside. Raises
        SystemUnavailable.
        """
        system, message = letter["source"].partition("/")[0], letter["message"]
        if "row" in message:
            readable = await self._replay_row(letter)
        else:
            reader = self._readers.get((system, str(message.get("type"))))
            readable = reader is not None and await self._read(reader, system, letter["message_id"], message)
        if readable:
            await self._parts.records.aside.readable(letter["name"])
        return readable

    async def _replay_row(self, letter: Row) -> bool:
        reader = self._row_readers.get(letter["message"]["list"])
        if reader is None:
            return False
        row, aside = letter["message"]["row"], self._parts.records.aside
        try:
            await reader(row)
        except UNREADABLE as error:
            name = letter["name"]
            await aside.park(letter["source"], name, letter["message"], name, error, row.get("order"))
            return False
        return True

    async def _read(self, reader: Reader, system: str, message_id: str, body: dict[str, Any]) -> bool:
        aside, data = self._parts.records.aside, body.get("data")
        name = name_of(data)
        try:
            await reader(message_id, data)  # type: ignore[arg-type]
        except UNREADABLE as error:
            order = data.get("order") if isinstance(data, dict) else None
            await aside.park(system, message_id, body, name or message_id, error, order)
            return False
        if aside.may_hold(name):
            await aside.readable(name)
        return True
