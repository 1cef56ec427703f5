"""The order, shipment and goods that the examples are about. Providers are told of them in the states' parameters."""

from __future__ import annotations

from typing import Final

from sandbox.core.model.order import Order, OrderLine
from sandbox.core.model.returned import Receipt
from sandbox.core.model.shipment import Shipment
from sandbox.core.model.supply import ShipNotice

SITE: Final = "LDS"
SKU: Final = "MUG"
SUBSTITUTE: Final = "JAR"
CUSTOMER: Final = "C-1"
SHIP_TO: Final = {"name": "Anna Field", "country": "GB", "postcode": "LS1 4AP"}
TRACEPARENT: Final = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
WEBHOOK_URL: Final = "https://core.example.com/webhooks/"

NUMBER: Final = "W-000001"
LINES: Final = (OrderLine(1, SKU, 2, 500),)
ORDER: Final = Order(NUMBER, 1, CUSTOMER, "account", "GBP", SHIP_TO, LINES, 1_000, TRACEPARENT)
LINES_SENT: Final = [{"line": 1, "sku": SKU, "quantity": 2}]
PRICED_SENT: Final = [{"line": 1, "sku": SKU, "quantity": 2, "price_minor": 500}]

SHIPMENT_REF: Final = f"{NUMBER}-{SITE}"
SHIPMENT: Final = Shipment(SHIPMENT_REF, SITE, ((1, SKU, 2),), weight_g=650)

ASN: Final = "ASN-000001-1"
PURCHASE_ORDER: Final = "PO-000001"
NOTICE: Final = ShipNotice(ASN, PURCHASE_ORDER, SITE, ((1, SKU, 40),), 1_321_520_400_000_000, False, TRACEPARENT)

RMA: Final = "RMA-000001"
RETURNED: Final = Receipt("RET-LDS-000001", RMA, SITE, ((1, SKU, 1, "restock"),))
