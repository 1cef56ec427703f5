"""The warehouse's system API about what customers send back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.returned import Receipt
from sandbox.core.systems.client import SystemClient

Page = tuple[list[Mapping[str, Any]], str, bool]


def receipt_from_wire(wire: Mapping[str, Any]) -> Receipt | None:
    """What was found in a parcel; None before it was. Raises KeyError, TypeError or ValueError for what isn't that."""
    if wire["state"] != "received":
        return None
    lines = tuple((int(x["line"]), str(x["sku"]), int(x["quantity"]), str(x["disposition"])) for x in wire["received"])
    return Receipt(str(wire["return_order"]), str(wire["rma"]), str(wire["site"]), lines)


class WmsReturnsApi:
    """What the core asks of the warehouses about returns."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def announce(
        self,
        rma: str,
        order: str,
        site: str,
        lines: Sequence[Mapping[str, Any]],
        traceparent: str | None,
        key: str,
        errand: Errand,
    ) -> str:
        """Tell a site what is coming back; the return order's id."""
        body = {"rma": rma, "order": order, "site": site, "lines": list(lines), "traceparent": traceparent}
        return str((await self.client.write("POST", "/returns", errand, body, key=key))["return_order"])

    async def announced(self, rma: str, site: str, errand: Errand) -> str | None:
        """The return order that a site was told of."""
        page = await self.client.read("/returns", errand, {"rma": rma})
        return next((str(x["return_order"]) for x in page["items"] if x["site"] == site), None)

    async def returns_after(self, cursor: str, limit: int, errand: Errand) -> Page:
        """One page of return orders changed after `cursor`."""
        query = {"limit": str(limit), "cursor": cursor} if cursor else {"limit": str(limit)}
        page = await self.client.read("/returns", errand, query)
        return page["items"], page["next_cursor"] or cursor, bool(page["has_more"])

    async def receipts_of(self, rma: str, errand: Errand) -> list[Receipt]:
        """What has come back of a return so far."""
        page = await self.client.read("/returns", errand, {"rma": rma})
        found = [receipt_from_wire(item) for item in page["items"]]
        return [receipt for receipt in found if receipt is not None]
