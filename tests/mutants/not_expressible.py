"""Bugs of the catalogue that can't be planted in the reference core, by number, with the reason."""

from __future__ import annotations

from typing import Final

NOT_EXPRESSIBLE: Final[dict[str, str]] = {
    "B35": (
        "No order comes back from its cancellation: cards are authorised with the order, so no payment comes late; the "
        "shop cancels for good and voids the authorisation, and a warehouse ships nothing without a reservation"
    ),
    "B77": "Core and estate have one ERP: there is no overlap of an old and a new route yet, and no owner of an order",
    "B78": "Core and estate have one ERP: no orders are moved to another one yet",
}
