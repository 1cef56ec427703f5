"""The mock ERP's books, derived from its public API alone: the worked example of a fact adapter.

What it can't see: a change that was undone between two readings, and by whom an order was released.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final

from mock_systems.kit.opening import Opening
from sandbox.worlds.live.derived import erp_documents as documents
from sandbox.worlds.live.derived.adapter import Derived, NotRead, Opened, SystemApi
from sandbox.worlds.live.derived.erp_orders import SalesOrders
from sandbox.worlds.live.derived.lists import ChangeList, GrowingList

_CASH_CUSTOMER: Final = "C-CASH"


class ErpAdapter:
    """Reads an ERP that was loaded with these opening balances."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._orders = SalesOrders()
        self._postings = documents.Postings(opening)
        self._journal = GrowingList("/gl")
        self._items = ChangeList("/items")
        self._customers = ChangeList("/customers")
        self._purchases = ChangeList("/purchase-orders")
        self._notices = ChangeList("/ship-notices")
        self._known_lines: dict[str, Any] = {}
        self._found: list[Derived] = []

    async def opening(self, api: SystemApi) -> Opened:
        """Customers, items, stock and the balances of the general ledger."""
        facts = [
            *[await _customer(api, number) for number in self._customer_numbers()],
            *[one async for one in _stock_and_items(api, [item.sku for item in self._opening.items])],
            *await _balances(api),
        ]
        await self._journal.to_the_end(api)
        lists = (self._items, self._customers, self._purchases, self._notices)
        for each in lists:
            await each.to_the_end(api)
        self._orders.first = await self._orders.next_number(api)
        mark = {"order": self._orders.first, "journal": self._journal.mark, "lists": [each.mark for each in lists]}
        return Opened(facts, mark)

    def resume(self, mark: Any) -> None:
        """Go on from where the run began."""
        self._orders.first = mark["order"]
        self._journal.mark = mark["journal"]
        for each, at in zip((self._items, self._customers, self._purchases, self._notices), mark["lists"], strict=True):
            each.mark = at

    async def changes(self, api: SystemApi) -> Sequence[Derived]:
        """What was posted, and what else has changed."""
        # What one request found is kept until all have answered: a reading that breaks off loses nothing.
        async for entry in self._journal.new(api):
            self._found += await self._posting(api, entry)
        async for one in self._orders.changes(api):
            self._found.append(one)
        self._found += [_item(row) for row in await self._items.new(api)]
        self._found += [_customer_change(row) for row in await self._customers.new(api)]
        for row in await self._purchases.new(api):
            self._found += self._purchase(row)
        self._found += [_notice(row) for row in await self._notices.new(api)]
        found, self._found = self._found, []
        return found

    def _customer_numbers(self) -> Iterator[str]:
        yield _CASH_CUSTOMER
        for customer in self._opening.customers:
            if customer.customer != _CASH_CUSTOMER:
                yield customer.customer

    async def _posting(self, api: SystemApi, entry: Mapping[str, Any]) -> list[Derived]:
        """A journal entry, after the document that it posts."""
        at_us, number = entry["posted_at_us"], entry["document"]
        posting = await self._postings.read(api, self._orders, number, at_us)
        data = {name: entry[name] for name in ("document", "currency", "entries")}
        entity, made, caused = entry["journal_entry"], posting.made, posting.caused
        return [posting, Derived("gl.posted", entity, posting.order, data, at_us, made=made, caused=caused)]

    def _purchase(self, row: Mapping[str, Any]) -> Iterator[Derived]:
        number, lines = row["purchase_order"], row["lines"]
        trace = row["traceparent"][3:35]
        known = self._known_lines.get(number)
        if known is None:
            data = {"site": row["site"], "supplier": row["supplier"], "lines": lines}
            yield Derived("purchase_order.created", number, None, data, trace=trace)
        elif known != lines:
            ordered = sum(line["quantity"] for line in lines)
            data = {"site": row["site"], "lines": lines}
            yield Derived("purchase_order.changed", number, None, data, version=ordered, trace=trace)
        self._known_lines[number] = lines
        if row["status"] == "closed":
            outstanding = row["outstanding"]
            reason = "closed" if outstanding else "received"
            yield Derived(
                "purchase_order.closed", number, None, {"reason": reason, "outstanding": outstanding}, trace=trace
            )


async def _customer(api: SystemApi, number: str) -> Derived:
    row = await _must(api, f"/customers/{number}")
    data = {name: row[name] for name in ("payment", "terms_days", "credit_limit_minor")}
    return Derived("customer.opened", number, None, data)


async def _stock_and_items(api: SystemApi, skus: Sequence[str]) -> AsyncIterator[Derived]:
    """Stock, and each item at the cost that its stock is valued at."""
    stock = [row async for row in GrowingList("/stock").new(api)]
    costs = {row["sku"]: row["cost_minor"] for row in stock}
    for sku in skus:
        row = await _must(api, f"/items/{sku}")
        data = {"cost_minor": costs.get(sku, 0), "price_minor": row["price_minor"], "floor_minor": row["floor_minor"]}
        yield Derived("item.opened", sku, None, data)
    for row in stock:
        data = {name: row[name] for name in ("site", "sku", "quantity", "cost_minor")}
        yield Derived("stock.opened", f"{row['site']}/{row['sku']}", None, data)


async def _balances(api: SystemApi) -> list[Derived]:
    """All that was ever posted, as one entry for each currency."""
    trial = await _must(api, "/trial-balance")
    found = []
    for currency in [total["currency"] for total in trial["totals"]]:
        legs = [_leg(row) for row in trial["accounts"] if row["currency"] == currency]
        data = {"document": "opening", "currency": currency, "entries": [leg for leg in legs if leg is not None]}
        found.append(Derived("gl.posted", f"opening-{currency}", None, data))
    return found


def _leg(row: Mapping[str, Any]) -> dict[str, Any] | None:
    balance = row["debit_minor"] - row["credit_minor"]
    if not balance:
        return None
    return {"account": row["account"], "debit_minor": max(0, balance), "credit_minor": max(0, -balance)}


def _item(row: Mapping[str, Any]) -> Derived:
    data = {name: value for name, value in row.items() if name != "sku"}
    return Derived("item.changed", row["sku"], None, data, version=row["version"])


def _customer_change(row: Mapping[str, Any]) -> Derived:
    data = {name: row[name] for name in ("version", "blocked", "terms_days", "credit_limit_minor")}
    return Derived("customer.changed", row["customer"], None, data, version=row["version"])


def _notice(row: Mapping[str, Any]) -> Derived:
    data = {name: row[name] for name in ("purchase_order", "site", "lines", "arrives_at_us", "more_to_follow")}
    return Derived("asn.sent", row["asn"], None, data, trace=row["traceparent"][3:35])


async def _must(api: SystemApi, path: str) -> Any:
    found = await api.get(path)
    if found is None:
        raise NotRead(f"GET {path}: 404")
    return found
