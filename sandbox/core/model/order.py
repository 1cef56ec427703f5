"""The sales order as the core knows it, whatever shop it came from and whatever ERP will own it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`quantity` eaches of `sku` at `price_minor` each; `line` is the channel's line number."""

    line: int
    sku: str
    quantity: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class Order:
    """A channel's order: `order` its number there, `seq` its place in the channel's sequence without gaps.

    `customer` is the ERP account, or None for a guest; `payment` is `account` or `card`.
    """

    order: str
    seq: int
    customer: str | None
    payment: str
    currency: str
    ship_to: Mapping[str, str]
    lines: tuple[OrderLine, ...]
    total_minor: int
    traceparent: str | None

    def to_row(self) -> dict[str, Any]:
        """The order as a JSON value; `from_row` reads it back."""
        return {
            "order": self.order,
            "seq": self.seq,
            "customer": self.customer,
            "payment": self.payment,
            "currency": self.currency,
            "ship_to": dict(self.ship_to),
            "lines": [[line.line, line.sku, line.quantity, line.price_minor] for line in self.lines],
            "total_minor": self.total_minor,
            "traceparent": self.traceparent,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Order:
        """The order that `to_row` wrote."""
        return cls(
            row["order"],
            row["seq"],
            row["customer"],
            row["payment"],
            row["currency"],
            row["ship_to"],
            tuple(OrderLine(*line) for line in row["lines"]),
            row["total_minor"],
            row["traceparent"],
        )
