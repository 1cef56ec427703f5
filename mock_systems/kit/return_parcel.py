"""A return parcel: what a customer sends back to a warehouse, whatever was announced of it."""

from __future__ import annotations

from typing import NamedTuple


class ReturnedLine(NamedTuple):
    """Goods of one line of an order, as they lie in the parcel; `shipment` is what the packing slip says."""

    shipment: str
    line: int
    sku: str
    quantity: int


class ReturnParcel(NamedTuple):
    """One customer's parcel; the dock knows it by `rma`, which the customer has written on it."""

    rma: str
    order: str
    lines: tuple[ReturnedLine, ...]
