"""The warehouse's system API: it owns physical stock and the picking of shipments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.inventory import Movement, SiteStock
from sandbox.core.model.order import Order
from sandbox.core.model.shipment import OUTBOUND_STATES, Outbound, Shipment, ship_lines
from sandbox.core.systems.client import SystemClient


def outbound_from_wire(wire: Mapping[str, Any]) -> Outbound:
    """The canonical form of an outbound order. Raises KeyError or ValueError for what can't be read."""
    if wire["state"] not in OUTBOUND_STATES:
        raise ValueError(f"an outbound order in a state that is not in the contract: {wire['state']}")
    return Outbound(
        wire["outbound_order"],
        wire["reference"],
        wire["order"],
        wire["state"],
        wire["weight_g"] or 0,
        wire["label"],
        wire["tracking"],
        _lines(wire["lines"]),
        _lines(wire["short"]),
    )


def _site_stock(row: Mapping[str, Any]) -> SiteStock | None:
    """A row of a snapshot; None for one that can't be read: the next snapshot has it again."""
    try:
        return SiteStock(row["site"], row["sku"], row["on_hand"], row["reserved"], row["sequence"], row["blocked"])
    except (KeyError, TypeError):
        return None


def movement_from_wire(wire: Mapping[str, Any]) -> Movement:
    """The canonical form of a stock movement."""
    quantity, freed = int(wire["quantity"]), int(wire.get("from_reserved", 0)) + int(wire.get("from_blocked", 0))
    return Movement(wire["site"], wire["sku"], quantity, wire["reason"], int(wire["sequence"]), freed)


def _lines(wire: list[Mapping[str, Any]]) -> tuple[tuple[int, str, int], ...]:
    return tuple((line["line"], line["sku"], line["quantity"]) for line in wire)


class WmsApi:
    """What the core asks of the warehouses."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def stock(self, errand: Errand, limit: int = 500) -> list[SiteStock]:
        """A snapshot of all stock, page by page."""
        snapshot: list[SiteStock] = []
        cursor = ""
        while True:
            query = {"limit": str(limit), "cursor": cursor} if cursor else {"limit": str(limit)}
            page = await self.client.read("/stock", errand, query)
            snapshot.extend(stock for row in page["items"] if (stock := _site_stock(row)) is not None)
            cursor = page["next_cursor"] or ""
            if not cursor:
                return snapshot

    async def reserve(self, order: str, shipment: Shipment, key: str, errand: Errand) -> str:
        """Reserve a shipment's lines at its site, all or nothing; the reservation's id.

        Raises SystemRefused with code `insufficient-stock` when the site holds less.
        """
        body = {
            "reference": shipment.reference,
            "order": order,
            "site": shipment.site,
            "lines": ship_lines(shipment.lines),
        }
        return str((await self.client.write("POST", "/reservations", errand, body, key=key))["reservation"])

    async def reservation_of(self, reference: str, errand: Errand) -> str | None:
        """The open reservation that was made for a shipment."""
        page = await self.client.read("/reservations", errand, {"reference": reference})
        return next((str(item["reservation"]) for item in page["items"] if item["state"] == "open"), None)

    async def outbound_of(self, reference: str, errand: Errand) -> str | None:
        """The outbound order that was released for a shipment."""
        page = await self.client.read("/outbound-orders", errand, {"reference": reference})
        return next((str(item["outbound_order"]) for item in page["items"]), None)

    async def release_reservation(self, reservation: str, reason: str, errand: Errand) -> None:
        """Give reserved stock back; a repeated release changes nothing there."""
        path = f"/reservations/{reservation}/release"
        await self.client.write("POST", path, errand, {"reason": reason}, key=None)

    async def release_outbound(self, order: Order, shipment: Shipment, key: str, errand: Errand) -> str:
        """Hand a reserved shipment to the warehouse floor; the outbound order's id."""
        body = {
            "reservation": shipment.reservation,
            "reference": shipment.reference,
            "order": order.order,
            "ship_to": dict(order.ship_to),
            "traceparent": order.traceparent,
        }
        return str((await self.client.write("POST", "/outbound-orders", errand, body, key=key))["outbound_order"])

    async def cancel_outbound(self, outbound: str, reason: str, errand: Errand) -> Outbound:
        """Take an outbound order back, and its reservation with it; a repeat changes nothing there. As it stands then.

        Raises SystemRefused with code `after-release`, and the `state` in its body, once the floor has it.
        """
        path = f"/outbound-orders/{outbound}/cancellation"
        return outbound_from_wire(await self.client.write("POST", path, errand, {"reason": reason}, key=None))

    async def attach_label(self, shipment: Shipment, errand: Errand) -> None:
        """Give a packed shipment its label; the same label again changes nothing there."""
        body = {"label": shipment.label, "tracking": shipment.tracking}
        await self.client.write("POST", f"/outbound-orders/{shipment.outbound}/label", errand, body, key=None)

    async def outbound(self, outbound: str, errand: Errand) -> Mapping[str, Any]:
        """One outbound order as it stands now, as it comes."""
        body: Mapping[str, Any] = await self.client.read(f"/outbound-orders/{outbound}", errand)
        return body

    async def outbound_after(
        self, cursor: str, limit: int, errand: Errand
    ) -> tuple[list[Mapping[str, Any]], str, bool]:
        """One page of outbound orders changed after `cursor`, as they come, the next cursor, and whether more wait."""
        query = {"limit": str(limit)}
        if cursor:
            query["cursor"] = cursor
        page = await self.client.read("/outbound-orders", errand, query)
        return page["items"], page["next_cursor"] or cursor, bool(page.get("has_more"))
