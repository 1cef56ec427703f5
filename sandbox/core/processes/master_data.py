"""Master data: what changed in the ERP is fetched on a schedule, validated, approved where it breaks things, and shown.

Versions decide what is new: late and repeated rows change nothing here nor at the channel. A row that can't be meant is
surfaced and not shown. A breaking change waits for a clerk of the desk; meanwhile the channel goes on as it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.journal.catalogue import CatalogueEntry
from sandbox.core.model.errand import Errand
from sandbox.core.model.item import Item, breaking_changes
from sandbox.core.policies.cadence import rest
from sandbox.core.policies.keyed_lock import KeyedLock
from sandbox.core.ports import Row, Transaction
from sandbox.core.processes.list_polling import ListPolling
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.erp import item_from_wire

ITEM_CHANGE, ITEM_INVALID = "item-change", "item-invalid"
_ITEMS, _CUSTOMERS = "erp-items", "erp-customers"


OpenOrders = Callable[[str], Awaitable[int]]


class MasterData:
    """The scheduled sync.

    `open_orders(sku)` counts the orders that still wait for an item; `account_changed(customer)` is told of each
    customer that may no longer be what it was.
    """

    def __init__(self, parts: Parts, open_orders: OpenOrders, account_changed: Callable[[str], None]) -> None:
        self._parts = parts
        self._clock = parts.ports.clock
        self._records = parts.records
        self._commerce = parts.systems.commerce
        self._rules = parts.design.master_data
        self._open_orders = open_orders
        self._account_changed = account_changed
        self._errand = Errand("master-data")
        self._locks = KeyedLock()

    async def sync(self) -> None:
        """Fetch what changed, every so often, until cancelled."""
        when = self._parts.design.flows.master_data.ask
        if when is None:
            return
        erp, errand = self._parts.systems.erp, self._errand
        lists = (
            ListPolling(
                self._parts,
                _CUSTOMERS,
                "erp",
                lambda cursor, limit: erp.changed_customers(cursor, limit, errand),
                self._take_customer,
            ),
            ListPolling(
                self._parts,
                _ITEMS,
                "erp",
                lambda cursor, limit: erp.changed_items(cursor, limit, errand),
                self._take_item,
            ),
        )
        while True:
            await rest(when, self._clock)
            for changed in lists:
                await changed.poll()

    async def hear_customer(self, message_id: str, data: Mapping[str, Any]) -> None:
        """The ERP tells of a changed customer. Raises KeyError for what can't be read."""
        self._account_changed(data["customer"])

    async def decided(self, row: Row) -> None:
        """A clerk has decided on a breaking change: show it, or leave it at what is shown. May be repeated."""
        async with self._locks.hold(row["subject"]):
            entry = await self._entry(row["subject"])
            if entry is None or entry.exception != row["exception"] or entry.waiting is None:
                await self._records.journal.run(
                    lambda tx: self._records.exceptions.close(tx, row["exception"], "superseded")
                )
            elif row["decision"] == "approved":
                await self._show(entry, entry.waiting, row["decided_by"])
            else:
                await self._turn_down(entry, entry.waiting, row["decided_by"])

    async def _take_item(self, row: Mapping[str, Any]) -> None:
        item = item_from_wire(row)
        async with self._locks.hold(item.sku):
            await self._take(item)

    async def _take_customer(self, row: Mapping[str, Any]) -> None:
        self._account_changed(str(row["customer"]))

    async def _entry(self, sku: str) -> CatalogueEntry | None:
        return await self._records.journal.run(lambda tx: self._records.catalogue.get(tx, sku))

    async def _take(self, item: Item) -> None:
        entry = await self._entry(item.sku)
        if entry is None:
            entry = CatalogueEntry(item.sku, shown=await self._commerce.listed_item(item.sku, self._errand))
        if item.version <= entry.seen:
            return
        wrong = list(item.problems())
        share = self._rules.approve_price_change_above
        open_orders = 0 if wrong else await self._open_orders(item.sku)
        breaking = [] if wrong else list(breaking_changes(item, entry.shown, share, open_orders))
        if wrong:
            await self._surface(entry, item, ITEM_INVALID, wrong)
        elif breaking:
            await self._surface(entry, item, ITEM_CHANGE, breaking)
        else:
            await self._show(entry, item, "automatic")

    async def _show(self, entry: CatalogueEntry, item: Item, by: str) -> None:
        """Have the channel show this version, then write down that it does."""
        if item.active or entry.shown is not None:
            await self._commerce.change_item(item, self._errand)
            entry.show(item, self._clock.now_us())
        await self._settle(entry, item, "shown", by, f"version {item.version} is shown, by {by}")

    async def _turn_down(self, entry: CatalogueEntry, item: Item, by: str) -> None:
        await self._settle(entry, item, "rejected", by, f"version {item.version} is rejected, by {by}")

    async def _settle(self, entry: CatalogueEntry, item: Item, outcome: str, by: str, resolution: str) -> None:
        closed, entry.exception, entry.waiting = entry.exception, None, None
        entry.seen = max(entry.seen, item.version)

        async def write(tx: Transaction) -> None:
            if closed is not None:
                await self._records.exceptions.close(tx, closed, resolution)
            await self._records.catalogue.put(tx, entry)
            await self._records.catalogue.audit(tx, item, outcome, by, self._clock.now_us())

        await self._records.journal.run(write)

    async def _surface(self, entry: CatalogueEntry, item: Item, cause: str, why: list[str]) -> None:
        """Tell the desk; one exception an item, about its latest version."""
        asks = cause == ITEM_CHANGE
        earlier, entry.seen = entry.exception, item.version
        entry.waiting = item if asks else None
        message = f"{item.sku} version {item.version}: {'; '.join(why)}"
        exceptions = self._records.exceptions

        async def write(tx: Transaction) -> None:
            if earlier is not None:
                await exceptions.close(tx, earlier, f"superseded by version {item.version}")
            entry.exception = await exceptions.open(tx, item.sku, cause, message, None, None, asks=asks)
            await self._records.catalogue.put(tx, entry)
            outcome = "waiting" if asks else "invalid"
            await self._records.catalogue.audit(tx, item, outcome, "automatic", self._clock.now_us())

        await self._records.journal.run(write)
