"""A return as the core knows it: what a customer gives back, and what a warehouse found in the parcel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SentLine = tuple[str, int, str, int]
"""Eaches that came with a shipment: shipment, line, item, quantity."""
FoundLine = tuple[int, str, int, str]
"""Eaches that came back: line, item, quantity, and `restock` or `scrap`."""


@dataclass(frozen=True, slots=True)
class Return:
    """A return that the channel has authorised. A line stands there once for each shipment that it came with."""

    rma: str
    order: str
    lines: tuple[SentLine, ...]
    requested_at_us: int
    status: str
    traceparent: str | None

    def about(self) -> dict[str, Any]:
        """What a document says of it, as a JSON value."""
        return {
            "order": self.order,
            "lines": [list(line) for line in self.lines],
            "requested_at_us": self.requested_at_us,
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a site found in a customer's parcel."""

    return_order: str
    rma: str
    site: str
    lines: tuple[FoundLine, ...]

    def news(self) -> dict[str, Any]:
        """The news for the return, as a JSON value."""
        return {
            "kind": "received",
            "return_order": self.return_order,
            "site": self.site,
            "lines": [list(line) for line in self.lines],
        }


def by_line(lines: tuple[FoundLine, ...]) -> list[Mapping[str, Any]]:
    """The lines with what came of each, whatever was done with it: what a customer gets credit for."""
    found: dict[tuple[int, str], int] = {}
    for line, sku, quantity, _ in lines:
        found[line, sku] = found.get((line, sku), 0) + quantity
    return [{"line": line, "sku": sku, "quantity": quantity} for (line, sku), quantity in found.items()]
