"""A consignment: what a supplier's truck brings to a warehouse's dock, whatever its papers say."""

from __future__ import annotations

from typing import NamedTuple


class ConsignedLine(NamedTuple):
    """Goods under a purchase order's line: `quantity` eaches that can be sold, and `damaged` ones that can't."""

    line: int
    sku: str
    quantity: int
    damaged: int


class Consignment(NamedTuple):
    """One truck's load for one site. The dock knows it by the number of its ship notice, `asn`."""

    asn: str
    purchase_order: str
    site: str
    lines: tuple[ConsignedLine, ...]
