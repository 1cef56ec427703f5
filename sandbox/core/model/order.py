"""The sales order as the core knows it, whatever shop it came from and whatever ERP will own it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`quantity` eaches of `sku`; `line` is the channel's line number.

    `price_minor` is for one `uom`: an each (EA), or a case (CS) of `pack` eaches. `tax_minor` is the tax of the whole
    line. Adapters convert: quantities come in and go out in a system's own units, and are eaches everywhere here.
    """

    line: int
    sku: str
    quantity: int
    price_minor: int
    uom: str = "EA"
    pack: int = 1
    tax_minor: int = 0

    @property
    def net_minor(self) -> int:
        """What the line comes to before tax."""
        return self.quantity // self.pack * self.price_minor

    def to_row(self) -> list[Any]:
        """The line as a JSON value, short where it is a plain one: `OrderLine(*row)` reads it back."""
        plain = [self.line, self.sku, self.quantity, self.price_minor]
        if self.pack == 1 and not self.tax_minor:
            return plain
        return [*plain, self.uom, self.pack, self.tax_minor]

    def part(self, quantity: int) -> OrderLine:
        """So many of this line."""
        return self if quantity == self.quantity else replace(self, quantity=quantity)


def lines_to_row(lines: tuple[OrderLine, ...]) -> list[Any]:
    """Lines as a JSON value; `lines_from_row` reads them back."""
    return [line.to_row() for line in lines]


def lines_from_row(row: list[Any]) -> tuple[OrderLine, ...]:
    """The lines that `lines_to_row` wrote."""
    return tuple(OrderLine(*line) for line in row)


@dataclass(frozen=True, slots=True)
class Order:
    """A channel's order: `order` its number there, `seq` its place in the channel's sequence without gaps.

    `customer` is the ERP account, or None for a guest; `payment` is `account` or `card`. `substitutes` tells whether
    the customer takes another item for one that is out of stock; `revision` counts the edits of the order.
    `currency` is what the customer pays in: prices, taxes and `total_minor` are amounts of it.
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
