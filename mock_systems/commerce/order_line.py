"""Lines of an order at the shop, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import TypedDict


class OrderLine(TypedDict):
    """A line as the shop took it; `line` counts from 1."""

    line: int
    sku: str
    quantity: int
    price_minor: int


def with_quantity(line: OrderLine, quantity: int) -> OrderLine:
    """The same line with another quantity."""
    return {**line, "quantity": quantity}


def total_of(lines: Iterable[OrderLine]) -> int:
    """What the lines come to, in minor units."""
    return sum([line["quantity"] * line["price_minor"] for line in lines])


def quantities_of(lines: Iterable[OrderLine]) -> dict[str, int]:
    """How many eaches of each item the lines ask for."""
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line["sku"]] = wanted.get(line["sku"], 0) + line["quantity"]
    return wanted
