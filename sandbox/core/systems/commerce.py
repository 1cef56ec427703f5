"""The commerce channel's system API: its orders in, our milestones, captures and stock out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core.model.change_request import ChangeRequest
from sandbox.core.model.errand import Errand
from sandbox.core.model.item import Item, ListedItem
from sandbox.core.model.order import Order, OrderLine
from sandbox.core.systems.client import SystemClient, SystemRefused

CLOSED_STATES = ("cancelled",)


def line_from_wire(wire: Mapping[str, Any]) -> OrderLine:
    """The canonical line: what the shop counts in cases becomes eaches, here and nowhere else.

    Raises KeyError, TypeError or ValueError where the shop sent something else.
    """
    line, sku, quantity, price_minor = wire["line"], wire["sku"], int(wire["quantity"]), int(wire["price_minor"])
    uom, tax_minor = wire.get("uom", "EA"), wire.get("tax_minor", 0)
    if uom == "EA":
        return OrderLine(line, sku, quantity, price_minor, tax_minor=tax_minor)
    if uom != "CS":
        raise ValueError(f"line {line}: unknown unit {uom!r}")
    pack = int(wire["pack"])
    return OrderLine(line, sku, quantity * pack, price_minor, uom, pack, tax_minor)


def order_from_wire(wire: Mapping[str, Any]) -> Order:
    """The canonical order. Raises KeyError, TypeError or ValueError where the shop sent something else."""
    lines = _lines(wire)
    return Order(
        str(wire["order"]),
        int(wire["seq"]),
        wire["customer"],
        wire["payment"],
        wire["currency"],
        wire["ship_to"],
        lines,
        int(wire["total_minor"]),
        wire.get("traceparent"),
        bool(wire.get("substitutes", False)),
        int(wire.get("revision", 0)),
    )


def _lines(wire: Mapping[str, Any]) -> tuple[OrderLine, ...]:
    lines = tuple([line_from_wire(line) for line in wire["lines"]])
    if not lines:
        raise ValueError("an order without lines")
    return lines


def change_request_from_wire(wire: Mapping[str, Any]) -> ChangeRequest:
    """The canonical request. Raises KeyError, TypeError or ValueError where the shop sent something else."""
    request = str(wire["request"])
    if wire["kind"] == "cancellation":
        return ChangeRequest(request, "cancellation", str(wire["reason"]))
    if wire["kind"] != "edit":
        raise ValueError(f"a request of the unknown kind {wire['kind']!r}")
    total_minor, revision = int(wire["total_minor"]), int(wire["revision"])
    return ChangeRequest(request, "edit", "", _lines(wire), dict(wire["ship_to"]), total_minor, revision)


class CommerceApi:
    """What the core asks of the shop."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def orders_after(self, cursor: str, limit: int, errand: Errand) -> tuple[list[Mapping[str, Any]], str, bool]:
        """One page of orders changed after `cursor`: the orders, the next cursor, and whether more are waiting."""
        query = {"limit": str(limit)}
        if cursor:
            query["cursor"] = cursor
        page = await self.client.read("/orders", errand, query)
        return page["items"], page["next_cursor"] or cursor, bool(page.get("has_more"))

    async def tell_status(self, order: str, status: str, version: int, key: str, errand: Errand) -> None:
        """Tell the shop, and so the customer, how far the order is: a telling that comes late takes it back."""
        body = {"status": status, "version": version}
        await self.client.write("POST", f"/orders/{order}/status", errand, body, key=key)

    async def add_fulfilment(self, order: str, dispatch: Mapping[str, Any], key: str, errand: Errand) -> None:
        """Tell the shop what has left (`reference`, `lines`), and its `tracking` number."""
        body = {name: dispatch[name] for name in ("reference", "tracking", "lines")}
        await self.client.write("POST", f"/orders/{order}/fulfilments", errand, body, key=key)

    async def cancel(self, order: str, reason: str, errand: Errand) -> None:
        """Cancel the order at the shop; a repeated cancellation changes nothing there."""
        await self.client.write("POST", f"/orders/{order}/cancellation", errand, {"reason": reason}, key=None)

    async def order(self, order: str, errand: Errand) -> Mapping[str, Any]:
        """One order as the shop shows it."""
        shown: Mapping[str, Any] = await self.client.read(f"/orders/{order}", errand)
        return shown

    async def refuse(self, order: str, kind: str, request: str, reason: str, errand: Errand) -> None:
        """Tell the shopper that the order can't be changed so; a repeat changes nothing there."""
        place = "cancellation-requests" if kind == "cancellation" else "edits"
        path = f"/orders/{order}/{place}/{request}/refusal"
        await self.client.write("POST", path, errand, {"reason": reason}, key=None)

    async def accept_edit(self, order: str, edit: str, errand: Errand) -> None:
        """The order is as the shopper asked from now on; a repeat changes nothing there."""
        await self.client.write("POST", f"/orders/{order}/edits/{edit}/acceptance", errand, None, key=None)

    async def substitute(self, order: str, line: OrderLine, substitute: str, key: str, errand: Errand) -> Order:
        """Serve as many as `line` says of that line with another item; the order as it is then."""
        body = {"line": line.line, "quantity": line.quantity, "substitute": substitute}
        path = f"/orders/{order}/substitutions"
        return order_from_wire(await self.client.write("POST", path, errand, body, key=key))

    async def order_since(self, order: str, revision: int, errand: Errand) -> Order | None:
        """The order as the shop has it by now, if that is a later revision."""
        shown = order_from_wire(await self.order(order, errand))
        return shown if shown.revision > revision else None

    async def capture(self, order: str, amount_minor: int, reference: str, key: str, errand: Errand) -> str:
        """Take `amount_minor` of the authorised payment; the capture's id."""
        body = {"amount_minor": amount_minor, "reference": reference}
        reply = await self.client.write("POST", f"/orders/{order}/captures", errand, body, key=key)
        return str(reply["capture"])

    async def listed_item(self, sku: str, errand: Errand) -> ListedItem | None:
        """The item as the shop shows it; None where it doesn't know it."""
        try:
            row = await self.client.read(f"/catalogue/{sku}", errand)
        except SystemRefused as refusal:
            if refusal.status != 404:
                raise
            return None
        return ListedItem(row["version"], row["name"], row["price_minor"], row["pack"], row["listed"])

    async def change_item(self, item: Item, errand: Errand) -> None:
        """Have the shop show this version; where it has a newer one already, nothing changes there."""
        body = {
            "version": item.version,
            "name": item.name,
            "price_minor": item.price_minor,
            "pack": item.pack,
            "listed": item.active,
        }
        await self.client.write("PUT", f"/catalogue/{item.sku}", errand, body, key=None)

    async def capture_of(self, order: str, reference: str, errand: Errand) -> str | None:
        """The capture that was made for an invoice."""
        page = await self.client.read(f"/orders/{order}/captures", errand)
        return next((str(item["capture"]) for item in page["items"] if item["reference"] == reference), None)

    async def has_fulfilment(self, order: str, reference: str, errand: Errand) -> bool:
        """Whether the shop knows that this shipment has left."""
        page = await self.client.read(f"/orders/{order}/fulfilments", errand)
        return any(item["reference"] == reference for item in page["items"])

    async def publish_stock(
        self, quantities: Sequence[tuple[str, int]], version: int, watermark: int, errand: Errand
    ) -> Mapping[str, str]:
        """Publish sellable quantities that reckon with all orders up to `watermark`; sku -> what the shop did."""
        body = {
            "watermark": watermark,
            "items": [{"sku": sku, "quantity": quantity, "version": version} for sku, quantity in quantities],
        }
        reply = await self.client.write("POST", "/stock", errand, body, key=None)
        return {item["sku"]: item["status"] for item in reply["items"]}

    async def stock(self, errand: Errand, limit: int = 500) -> dict[str, int]:
        """What the shop holds as published: sku -> quantity."""
        published: dict[str, int] = {}
        cursor = ""
        while True:
            query = {"limit": str(limit), "cursor": cursor} if cursor else {"limit": str(limit)}
            page = await self.client.read("/stock", errand, query)
            published.update((x["sku"], x["quantity"]) for x in page["items"] if "sku" in x and "quantity" in x)
            cursor = page["next_cursor"] or ""
            if not cursor:
                return published
