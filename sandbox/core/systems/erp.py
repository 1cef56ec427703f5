"""The ERP's system API: it owns the commercial order and its money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.item import Item
from sandbox.core.model.order import Order, OrderLine
from sandbox.core.model.shipment import Shipment, ship_lines
from sandbox.core.systems.client import SystemClient
from sandbox.core.systems.reading import amount, truth

SALES_ORDER_STATUSES = ("open", "on_hold", "rejected", "cancelled", "shipped", "invoiced")

Page = tuple[list[Mapping[str, Any]], str, bool]


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """The ERP's order: `status` is `open`, `on_hold`, `rejected`, `cancelled`, `shipped` or `invoiced`."""

    sales_order: str
    external_ref: str
    status: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """A posted invoice and its total."""

    invoice: str
    total_minor: int


@dataclass(frozen=True, slots=True)
class QuotedPrice:
    """What the ERP asks for a line's unit, and the least it accepts, in the order's currency."""

    price_minor: int
    floor_minor: int


def sales_order_from_wire(wire: Mapping[str, Any]) -> SalesOrder:
    """The canonical form of what the ERP says of a sales order. Raises KeyError or ValueError."""
    if wire["status"] not in SALES_ORDER_STATUSES:
        raise ValueError(f"a sales order with a status that is not in the contract: {wire['status']}")
    return SalesOrder(wire["sales_order"], wire["external_ref"], wire["status"])


def item_from_wire(wire: Mapping[str, Any]) -> Item:
    """The canonical form of an item, however odd what its people typed in."""
    return Item(
        wire["sku"],
        int(wire["version"]),
        wire["name"],
        int(wire["price_minor"]),
        int(wire["floor_minor"]),
        wire["unit"],
        int(wire["pack"]),
        truth(wire, "active"),
    )


# The ERP's unit codes, in which a case is something else than at the shop.
_UNITS = {"EA": "EA", "CS": "CA"}


def _priced(order: Order) -> list[dict[str, Any]]:
    return [_priced_line(line) for line in order.lines]


def _priced_line(line: OrderLine) -> dict[str, Any]:
    wire = {**_units(line), "line": line.line, "price_minor": line.price_minor}
    if line.tax_minor:
        wire["tax_minor"] = line.tax_minor
    return wire


def _units(line: OrderLine) -> dict[str, Any]:
    if line.pack == 1:
        return {"sku": line.sku, "quantity": line.quantity}
    return {"sku": line.sku, "quantity": line.quantity // line.pack, "unit": _UNITS[line.uom], "pack": line.pack}


class ErpApi:
    """What the core asks of the ERP."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def customer_is_blocked(self, customer: str, errand: Errand) -> bool:
        """Whether the ERP takes no orders from this account."""
        return truth(await self.client.read(f"/customers/{customer}", errand), "blocked")

    async def quote(self, order: Order, errand: Errand) -> list[QuotedPrice]:
        """Today's price and floor for each of the order's lines, in the order's currency at the ERP's rate."""
        body = {
            "customer": order.customer,
            "currency": order.currency,
            "lines": [_units(line) for line in order.lines],
        }
        reply = await self.client.write("POST", "/price-quotes", errand, body, key=None)
        return [QuotedPrice(amount(x, "price_minor"), amount(x, "floor_minor")) for x in reply["lines"]]

    async def create_sales_order(self, order: Order, key: str, errand: Errand) -> SalesOrder:
        """Enter the order; its `external_ref` is the channel's order number."""
        body = {
            "external_ref": order.order,
            "customer": order.customer,
            "currency": order.currency,
            "ship_to": dict(order.ship_to),
            "lines": _priced(order),
        }
        return sales_order_from_wire(await self.client.write("POST", "/sales-orders", errand, body, key=key))

    async def sales_order_of(self, order: str, errand: Errand) -> SalesOrder | None:
        """The sales order that was entered for the channel's order and is not cancelled; the oldest of several."""
        page = await self.client.read("/sales-orders", errand, {"external_ref": order})
        found = [sales_order_from_wire(item) for item in page["items"]]
        return next((each for each in found if each.status != "cancelled"), None)

    async def goods_issue_of(self, shipment: str, errand: Errand) -> str | None:
        """The goods issue that was posted for a shipment."""
        page = await self.client.read("/goods-issues", errand, {"shipment": shipment})
        return next((str(item["goods_issue"]) for item in page["items"]), None)

    async def invoice_of(self, shipment: str, errand: Errand) -> Invoice | None:
        """The invoice that was posted for a shipment."""
        page = await self.client.read("/invoices", errand, {"shipment": shipment})
        return next((Invoice(item["invoice"], amount(item, "total_minor")) for item in page["items"]), None)

    async def payment_of(self, reference: str, errand: Errand) -> str | None:
        """The payment that was booked under the channel's capture."""
        page = await self.client.read("/payments", errand, {"reference": reference})
        return next((str(item["payment"]) for item in page["items"]), None)

    async def sales_order(self, sales_order: str, errand: Errand) -> SalesOrder:
        """The sales order as it stands now."""
        return sales_order_from_wire(await self.client.read(f"/sales-orders/{sales_order}", errand))

    async def change_sales_order(self, sales_order: str, order: Order, key: str, errand: Errand) -> None:
        """Have the sales order say what the channel's order says by now, at its revision; a repeat changes nothing."""
        body = {"revision": order.revision, "ship_to": dict(order.ship_to), "lines": _priced(order)}
        await self.client.write("PUT", f"/sales-orders/{sales_order}", errand, body, key=key, keyless=True)

    async def changed_items(self, cursor: str, limit: int, errand: Errand) -> Page:
        """One page of items changed after `cursor`, the next cursor, and whether more are waiting."""
        return await self._changed("/items", cursor, limit, errand)

    async def changed_customers(self, cursor: str, limit: int, errand: Errand) -> Page:
        """One page of accounts changed after `cursor`, the next cursor, and whether more are waiting."""
        return await self._changed("/customers", cursor, limit, errand)

    async def _changed(self, path: str, cursor: str, limit: int, errand: Errand) -> Page:
        query = {"limit": str(limit), "cursor": cursor} if cursor else {"limit": str(limit)}
        page = await self.client.read(path, errand, query)
        return page["items"], page["next_cursor"] or cursor, bool(page["has_more"])

    async def item(self, sku: str, errand: Errand) -> Item:
        """The item as it stands now."""
        return item_from_wire(await self.client.read(f"/items/{sku}", errand))

    async def substitute_for(self, sku: str, errand: Errand) -> str | None:
        """The item that may be sent in place of this one."""
        substitute = (await self.client.read(f"/items/{sku}", errand))["substitute"]
        return None if substitute is None else str(substitute)

    async def cancel_sales_order(self, sales_order: str, reason: str, errand: Errand) -> None:
        """Cancel; a repeated cancellation changes nothing there."""
        path = f"/sales-orders/{sales_order}/cancellation"
        await self.client.write("POST", path, errand, {"reason": reason}, key=None)

    async def post_goods_issue(self, sales_order: str, shipment: Shipment, key: str, errand: Errand) -> str:
        """Book what a site has shipped out of the financial stock; the goods issue's id."""
        body = {
            "sales_order": sales_order,
            "site": shipment.site,
            "shipment": shipment.reference,
            "lines": ship_lines(shipment.lines),
        }
        return str((await self.client.write("POST", "/goods-issues", errand, body, key=key))["goods_issue"])

    async def post_invoice(self, sales_order: str, shipment: Shipment, key: str, errand: Errand) -> Invoice:
        """Invoice what was shipped, and no more."""
        body = {"sales_order": sales_order, "shipment": shipment.reference, "lines": ship_lines(shipment.lines)}
        reply = await self.client.write("POST", "/invoices", errand, body, key=key)
        return Invoice(reply["invoice"], amount(reply, "total_minor"))

    async def post_payment(self, invoice: str, amount_minor: int, reference: str, key: str, errand: Errand) -> str:
        """Book money that the channel has captured against an invoice; the payment's id."""
        body = {"invoice": invoice, "amount_minor": amount_minor, "reference": reference}
        return str((await self.client.write("POST", "/payments", errand, body, key=key))["payment"])
