"""The warehouse's system API about goods that come in, counts, and movements that are no shipments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.supply import Count, Inbound, ShipNotice
from sandbox.core.systems.client import SystemClient
from sandbox.core.systems.erp_supply import lines_to_wire

Page = tuple[list[Mapping[str, Any]], str, bool]
"""Items as sent, the next cursor, and whether more are waiting."""


def inbound_from_wire(wire: Mapping[str, Any]) -> Inbound:
    """The canonical inbound order. Raises KeyError, TypeError or ValueError where something else was sent."""
    received = None
    if wire["state"] == "received":
        received = tuple((int(x["line"]), str(x["sku"]), int(x["quantity"])) for x in wire["received"] if x["quantity"])
    return Inbound(wire["inbound_order"], wire["asn"], received)


def count_from_wire(wire: Mapping[str, Any]) -> Count:
    """The canonical count. Raises KeyError, TypeError or ValueError where something else was sent."""
    counted, book, as_of = int(wire["counted"]), int(wire["book"]), int(wire["as_of"])
    return Count(wire["count"], wire["site"], wire["sku"], counted, book, as_of, wire.get("traceparent"))


class WmsSupplyApi:
    """What the core asks of the warehouses about goods that come in and goods that are counted."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def announce(self, notice: ShipNotice, key: str, errand: Errand) -> str:
        """Tell a warehouse what is coming; the inbound order's id."""
        body = {
            "asn": notice.asn,
            "purchase_order": notice.purchase_order,
            "site": notice.site,
            "lines": lines_to_wire(notice.lines),
            "traceparent": notice.traceparent,
        }
        return str((await self.client.write("POST", "/inbound-orders", errand, body, key=key))["inbound_order"])

    async def announced(self, asn: str, errand: Errand) -> str | None:
        """The inbound order that was made for a ship notice."""
        page = await self.client.read("/inbound-orders", errand, {"asn": asn})
        return next((str(x["inbound_order"]) for x in page["items"]), None)

    async def inbound(self, inbound_order: str, errand: Errand) -> Inbound:
        """The inbound order as it stands now."""
        return inbound_from_wire(await self.client.read(f"/inbound-orders/{inbound_order}", errand))

    async def inbound_after(self, cursor: str, limit: int, errand: Errand) -> Page:
        """One page of inbound orders changed after `cursor`."""
        return await self._page("/inbound-orders", cursor, limit, errand)

    async def movements_after(self, cursor: str, limit: int, errand: Errand) -> Page:
        """One page of movements but shipments after `cursor`."""
        return await self._page("/stock-movements", cursor, limit, errand)

    async def counts_after(self, cursor: str, limit: int, errand: Errand) -> Page:
        """One page of counts changed after `cursor`."""
        return await self._page("/counts", cursor, limit, errand)

    async def approve_count(self, count: str, difference: int, errand: Errand) -> None:
        """Have the book changed by what a count found; the same approval again changes nothing there."""
        path = f"/counts/{count}/approval"
        await self.client.write("POST", path, errand, {"quantity": difference}, key=None)

    async def reject_count(self, count: str, reason: str, errand: Errand) -> None:
        """Have the item counted again; a repeated rejection changes nothing there."""
        path = f"/counts/{count}/rejection"
        await self.client.write("POST", path, errand, {"reason": reason}, key=None)

    async def _page(self, path: str, cursor: str, limit: int, errand: Errand) -> Page:
        query = {"limit": str(limit), "cursor": cursor} if cursor else {"limit": str(limit)}
        page = await self.client.read(path, errand, query)
        return page["items"], page["next_cursor"] or cursor, bool(page["has_more"])
