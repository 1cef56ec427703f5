"""The sales order as the core knows it, whatever shop it came from and whatever ERP will own it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`quantity` eaches of `sku` at `price_minor` each; `line` is the channel's line number."""

    line: int
    sku: str
    quantity: int
    price_minor: int

    def part(self, quantity: int) -> OrderLine:
        """So many of this line."""
        return self if quantity == self.quantity else replace(self, quantity=quantity)


def lines_to_row(lines: tuple[OrderLine, ...]) -> list[Any]:
    """Lines as a JSON value; `lines_from_row` reads them back."""
    return [[line.line, line.sku, line.quantity, line.price_minor] for line in lines]


def lines_from_row(row: list[Any]) -> tuple[OrderLine, ...]:
    """The lines that `lines_to_row` wrote."""
    return tuple(OrderLine(*line) for line in row)


@dataclass(frozen=True, slots=True)
class Order:
    """A channel's order: `order` its number there, `seq` its place in the channel's sequence without gaps.

    `customer` is the ERP account, or None for a guest; `payment` is `account` or `card`. `substitutes` tells whether
    the customer takes another item for one that is out of stock; `revision` counts the edits of the order.
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
    substitutes: bool = False
    revision: int = 0

    def to_row(self) -> dict[str, Any]:
        """The order as a JSON value; `from_row` reads it back."""
        return {
            "order": self.order,
            "seq": self.seq,
            "customer": self.customer,
            "payment": self.payment,
            "currency": self.currency,
            "ship_to": dict(self.ship_to),
            "lines": lines_to_row(self.lines),
            "total_minor": self.total_minor,
            "traceparent": self.traceparent,
            "substitutes": self.substitutes,
            "revision": self.revision,
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
            lines_from_row(row["lines"]),
            row["total_minor"],
            row["traceparent"],
            row["substitutes"],
            row["revision"],
        )
