"""The carrier's system API: labels cost money, and asking twice buys two."""

from __future__ import annotations

from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.model.shipment import Label, Shipment
from sandbox.core.systems.client import SystemClient

LABEL_STATES = ("bought", "voided", "used")


def _label_from_wire(wire: dict[str, Any]) -> Label:
    if wire["state"] not in LABEL_STATES:
        raise ValueError(f"a label in a state that is not in the contract: {wire['state']}")
    return Label(wire["label"], wire["tracking"], wire["state"])


class CarrierApi:
    """What the core asks of the carrier."""

    def __init__(self, client: SystemClient) -> None:
        self.client = client

    async def cheapest_service(self, shipment: Shipment, to_country: str, errand: Errand) -> str:
        """The service with the lowest rate for this shipment; the first offered among equals."""
        body = {"from_site": shipment.site, "to_country": to_country, "weight_g": max(1, shipment.weight_g)}
        rates = (await self.client.write("POST", "/rates", errand, body, key=None))["rates"]
        return str(min(rates, key=lambda rate: rate["cost_minor"])["service"])

    async def buy_label(
        self, order: str, shipment: Shipment, service: str, to_country: str, errand: Errand, *, blindly: bool
    ) -> Label:
        """Buy a label. Raises OutcomeUnknown when it may have been sold all the same, unless repeated `blindly`."""
        body = {
            "reference": shipment.reference,
            "order": order,
            "service": service,
            "from_site": shipment.site,
            "to_country": to_country,
            "weight_g": max(1, shipment.weight_g),
        }
        return _label_from_wire(await self.client.write("POST", "/labels", errand, body, key=None, repeatable=blindly))

    async def labels_for(self, reference: str, errand: Errand) -> list[Label]:
        """The labels sold under our reference and not voided, oldest first."""
        page = await self.client.read("/labels", errand, {"reference": reference})
        return [_label_from_wire(item) for item in page["items"] if item["state"] != "voided"]

    async def void(self, label: str, errand: Errand) -> None:
        """Give a label back; a repeated void changes nothing there."""
        await self.client.write("POST", f"/labels/{label}/void", errand, None, key=None)

    async def tracking_status(self, tracking: str, errand: Errand) -> str | None:
        """The last scan's status, None before the first."""
        status = (await self.client.read(f"/tracking/{tracking}", errand))["status"]
        return None if status is None else str(status)
