"""News from ERP, warehouse and carrier: by webhook, and by asking, because webhooks get lost and come late.

A piece of news is safe once it is kept as a signal of its order; only then is the sender told so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.core.journal.signals import Signals
from sandbox.core.model.errand import Errand
from sandbox.core.model.shipment import Outbound
from sandbox.core.policies.cadence import rest
from sandbox.core.ports import Row, Transaction
from sandbox.core.processes.list_polling import ListPolling
from sandbox.core.processes.news import credit_news, outbound_news, tracking_news
from sandbox.core.processes.order_to_cash import OrderToCash
from sandbox.core.processes.parts import Parts
from sandbox.core.processes.sourcing import saga_of_reference
from sandbox.core.systems.erp import sales_order_from_wire
from sandbox.core.systems.wms import outbound_from_wire

OUTBOUND_LIST = "wms-outbound-orders"
_PASSED_ON_MOST: Final = 20_000


class SystemNews:
    """Brings what the systems tell to the orders that it concerns."""

    def __init__(self, parts: Parts, order_to_cash: OrderToCash) -> None:
        self._parts = parts
        self._records = parts.records
        self._order_to_cash = order_to_cash
        self._signals = Signals()
        self._team = parts.team
        self._passed_on: dict[str, Outbound] = {}
        self._team.answer("news", self._deliver_asked)
        self._team.answer("outbound", self.take_listed)

    async def hear_outbound(self, message_id: str, data: Mapping[str, Any]) -> None:
        """The warehouse tells of an outbound order. Raises KeyError for what can't be read."""
        outbound = outbound_from_wire(data)
        await self._deliver(saga_of_reference(outbound.reference), *outbound_news(outbound), message_id)

    async def hear_sales_order(self, message_id: str, data: Mapping[str, Any]) -> None:
        """The ERP has decided on a held order. Raises KeyError for what can't be read."""
        sales_order = sales_order_from_wire(data)
        saga = await self._saga_of_sales_order(sales_order.sales_order)
        if saga is not None:
            await self._deliver(saga, *credit_news(sales_order.status), message_id)

    async def hear_tracking(self, message_id: str, data: Mapping[str, Any]) -> None:
        """The carrier has scanned a parcel; only its arrival is news. Raises KeyError for what can't be read."""
        reference = data["reference"]
        if data["status"] != "delivered" and self._parts.design.safety.versions:
            return
        news = tracking_news(reference, data["status"], int(data["sequence"]))
        await self._deliver(saga_of_reference(reference), *news, message_id)

    async def poll_outbound(self) -> None:
        """Ask the warehouse what became of its outbound orders, until cancelled."""
        wms = self._parts.systems.wms
        ask = self._parts.design.flows.fulfilment.ask
        if ask is None:
            return
        await rest(ask, self._parts.ports.clock)
        await ListPolling(
            self._parts,
            OUTBOUND_LIST,
            "wms",
            lambda cursor, limit: wms.outbound_after(cursor, limit, Errand("poll")),
            self.take_listed,
        ).run(ask)

    async def take_listed(self, row: Mapping[str, Any]) -> None:
        """A row of the warehouse's list of outbound orders. Raises KeyError or ValueError for what can't be read."""
        outbound = outbound_from_wire(row)
        saga = saga_of_reference(outbound.reference)
        if not self._team.is_ours(saga):
            await self._pass_on(saga, outbound, row)
        elif self._order_to_cash.awaits(saga, outbound):
            await self._deliver(saga, *outbound_news(outbound))

    async def _pass_on(self, saga: str, outbound: Outbound, row: Mapping[str, Any]) -> None:
        """Give a row to the worker that has its order, if it says something else than the last one did."""
        if self._passed_on.get(outbound.reference) != outbound:
            await self._team.ask(saga, "outbound", dict(row))
            self._passed_on[outbound.reference] = outbound
            if len(self._passed_on) > _PASSED_ON_MOST:
                del self._passed_on[next(iter(self._passed_on))]

    async def recover(self, sagas: Callable[[str], bool] = lambda _: True) -> None:
        """Bring the signals that an earlier incarnation kept and didn't get to use, to those `sagas` that it says."""
        after = ""
        while True:
            start = after
            page = await self._records.journal.run(lambda tx: self._signals.page(tx, start))  # noqa: B023
            for key, row in page:
                if sagas(row["saga"]) and self._order_to_cash.is_open(row["saga"]):
                    self._order_to_cash.post(row["saga"], key, row)
                after = key
            if not page:
                return

    async def _deliver(self, saga: str, name: str, body: Mapping[str, Any], message_id: str | None = None) -> None:
        if not self._team.is_ours(saga):
            told = {"saga": saga, "name": name, "body": dict(body), "message_id": message_id}
            await self._team.ask(saga, "news", told)
            return
        if not self._order_to_cash.is_open(saga):
            self._parts.ports.observer.note("news.late", saga, news=name)
            return

        leases = self._records.leases

        async def write(tx: Transaction) -> str | None:
            await leases.check(tx, leases.partition_of(saga))
            if message_id is not None and not await self._records.inbox.admit(
                tx, "news", message_id, self._parts.ports.clock.now_us()
            ):
                return None
            return await self._signals.put(tx, saga, name, body)

        key = await self._records.journal.run(write)
        if key is not None:
            self._order_to_cash.post(saga, key, body)

    async def _deliver_asked(self, told: Row) -> None:
        await self._deliver(told["saga"], told["name"], told["body"], told["message_id"])

    async def _saga_of_sales_order(self, sales_order: str) -> str | None:
        async def read(tx: Transaction) -> str | None:
            return await self._records.identities.find(tx, "erp.sales_order", sales_order)

        return await self._records.journal.run(read)
