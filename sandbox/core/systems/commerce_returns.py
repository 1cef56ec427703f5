"""The shop's system API about returns and refunds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.returned import Return
from sandbox.core.systems.client import SystemClient

Page = tuple[list[Mapping[str, Any]], str, bool]


def return_from_wire(wire: Mapping[str, Any]) -> Return:
    """The canonical return. Raises KeyError, TypeError or ValueError where something else was sent."""
    lines = tuple((str(x["shipment"]), int(x["line"]), str(x["sku"]), int(x["quantity"])) for x in wire["lines"])
    if not lines:
        raise ValueError("a return without lines")
    requested_at_us = int(wire["requested_at_us"])
    return Return(
        str(wire["rma"]), str(wire["order"]), lines, requested_at_us, str(wire["status"]), wire.get("traceparent")
    )


class CommerceReturnsApi:
    """What the core asks of the shop about what its customers give back."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def returns_after(self, cursor: str, limit: int, errand: Errand) -> Page:
        """One page of returns changed after `cursor`: as sent, the next cursor, and whether more are waiting."""
        query = {"limit": str(limit), "cursor": cursor} if cursor else {"limit": str(limit)}
        page = await self.client.read("/returns", errand, query)
        return page["items"], page["next_cursor"] or cursor, bool(page["has_more"])

    async def tell(self, rma: str, status: str, version: int, key: str, errand: Errand) -> None:
        """Tell the shop, and so the customer, how far the return is."""
        body = {"status": status, "version": version}
        await self.client.write("POST", f"/returns/{rma}/status", errand, body, key=key)

    async def shows(self, rma: str, status: str, errand: Errand) -> bool:
        """Whether the shop shows the return in this status."""
        return bool((await self.client.read(f"/returns/{rma}", errand))["status"] == status)

    async def refund(self, order: str, amount_minor: int, reference: str, key: str, errand: Errand) -> str:
        """Give captured money back; the refund's id."""
        body = {"amount_minor": amount_minor, "reference": reference}
        return str((await self.client.write("POST", f"/orders/{order}/refunds", errand, body, key=key))["refund"])

    async def refund_of(self, order: str, reference: str, errand: Errand) -> str | None:
        """The refund that was made for a credit note."""
        page = await self.client.read(f"/orders/{order}/refunds", errand)
        return next((str(x["refund"]) for x in page["items"] if x["reference"] == reference), None)
