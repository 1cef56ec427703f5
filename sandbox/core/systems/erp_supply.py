"""The ERP's system API about purchasing and the value of stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.supply import ShipNotice, SupplyLine
from sandbox.core.systems.client import SystemClient, SystemRefused


def notice_from_wire(wire: Mapping[str, Any]) -> ShipNotice:
    """The canonical ship notice. Raises KeyError, TypeError or ValueError where something else was sent."""
    lines = tuple((int(x["line"]), str(x["sku"]), int(x["quantity"])) for x in wire["lines"])
    return ShipNotice(
        wire["asn"],
        wire["purchase_order"],
        wire["site"],
        lines,
        int(wire["arrives_at_us"]),
        bool(wire["more_to_follow"]),
        wire.get("traceparent"),
    )


def lines_to_wire(lines: tuple[SupplyLine, ...]) -> list[dict[str, Any]]:
    """Lines as ERP and warehouse write them."""
    return [{"line": line, "sku": sku, "quantity": quantity} for line, sku, quantity in lines]


def surplus_of(refusal: SystemRefused) -> dict[int, int] | None:
    """What a refused goods receipt had too much of, by line in eaches; None where the ERP refused all of it."""
    over = refusal.body.get("over") if refusal.code == "over-receipt" else None
    return {int(x["line"]): int(x["received"]) - int(x["most"]) for x in over} if over else None


class ErpSupplyApi:
    """What the core asks of the ERP about goods that come in, and about stock that differs."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def notices_after(self, cursor: str, limit: int, errand: Errand) -> tuple[list[Mapping[str, Any]], str, bool]:
        """One page of ship notices after `cursor`: as sent, the next cursor, and whether more are waiting."""
        query = {"limit": str(limit), "cursor": cursor} if cursor else {"limit": str(limit)}
        page = await self.client.read("/ship-notices", errand, query)
        return page["items"], page["next_cursor"], bool(page["has_more"])

    async def post_receipt(
        self, notice: ShipNotice, receipt: str, lines: tuple[SupplyLine, ...], key: str, errand: Errand
    ) -> tuple[str, bool]:
        """Book what the warehouse received; the goods receipt's id, and whether the order still lacks something.

        Raises SystemRefused with code `over-receipt` or `purchase-order-closed` where the order does not cover it.
        """
        body = {
            "purchase_order": notice.purchase_order,
            "asn": notice.asn,
            "receipt": receipt,
            "site": notice.site,
            "lines": lines_to_wire(lines),
        }
        reply = await self.client.write("POST", "/goods-receipts", errand, body, key=key)
        return str(reply["goods_receipt"]), bool(reply["outstanding"])

    async def receipt_of(self, receipt: str, before: int, errand: Errand) -> tuple[str, bool] | None:
        """What was posted for a receipt of the warehouse's after its first `before` postings, as `post_receipt` gives
        it: the parts of a delivery are posted one after the other.
        """
        page = await self.client.read("/goods-receipts", errand, {"receipt": receipt})
        posted = page["items"][before:]
        return (str(posted[0]["goods_receipt"]), bool(posted[0]["outstanding"])) if posted else None

    async def close_purchase_order(self, purchase_order: str, reason: str, errand: Errand) -> None:
        """Give up what has not come; a repeated closure changes nothing there."""
        path = f"/purchase-orders/{purchase_order}/closure"
        await self.client.write("POST", path, errand, {"reason": reason}, key=None)

    async def adjust_stock(
        self, shelf: tuple[str, str], quantity: int, reference: str, key: str, errand: Errand
    ) -> str:
        """Book a difference that the warehouse has booked already; `shelf` is site and item."""
        return await self._adjust(shelf, quantity, "adjust", reference, None, key, errand)

    async def post_variance(
        self, shelf: tuple[str, str], quantity: int, count: str, approved_by: str | None, key: str, errand: Errand
    ) -> str:
        """Book what a count found. Raises SystemRefused with code `approval-required` where somebody has to answer."""
        return await self._adjust(shelf, quantity, "count", count, approved_by, key, errand)

    async def adjustment_of(self, reference: str, errand: Errand) -> str | None:
        """What was posted for a movement or a count of the warehouse's."""
        page = await self.client.read("/stock-adjustments", errand, {"reference": reference})
        return next((str(x["stock_adjustment"]) for x in page["items"]), None)

    async def _adjust(
        self,
        shelf: tuple[str, str],
        quantity: int,
        reason: str,
        reference: str,
        approved_by: str | None,
        key: str,
        errand: Errand,
    ) -> str:
        body: dict[str, Any] = {"site": shelf[0], "sku": shelf[1], "quantity": quantity, "reason": reason}
        body |= {"reference": reference, "approved_by": approved_by}
        reply = await self.client.write("POST", "/stock-adjustments", errand, body, key=key)
        return str(reply["stock_adjustment"])
