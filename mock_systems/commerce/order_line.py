"""Lines of an order at the shop. The shop shows what it sells by the case as cases; its books count eaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NotRequired, cast

from typing_extensions import TypedDict

from mock_systems.kit.money import PricedLine, net_of, tax_on, total_of

__all__ = ["OrderLine", "PricedLine", "as_shown", "in_eaches", "quantities_of", "taxed", "total_of", "with_quantity"]


class OrderLine(TypedDict):
    """A line as the shop shows it; `line` counts from 1.

    With `uom` CS, `quantity` counts cases of `pack` eaches and `price_minor` is for one case; without, both are for
    eaches. `tax_minor` is the tax of the whole line, left out where there is none.
    """

    line: int
    sku: str
    quantity: int
    price_minor: int
    uom: NotRequired[Literal["CS"]]
    pack: NotRequired[int]
    tax_minor: NotRequired[int]


def as_shown(lines: Sequence[PricedLine]) -> list[OrderLine]:
    """The lines as the shop's API shows them; the same list where nothing is sold by the case."""
    shown = cast("list[OrderLine]", lines)
    if not any("pack" in line for line in lines):
        return shown
    return [{**line, "quantity": line["quantity"] // line.get("pack", 1)} for line in shown]


def in_eaches(lines: Sequence[OrderLine]) -> list[PricedLine]:
    """The lines as the books keep them, from what the API shows."""
    kept = cast("list[PricedLine]", lines)
    if not any("pack" in line for line in lines):
        return kept
    return [{**line, "quantity": line["quantity"] * line.get("pack", 1)} for line in kept]


def with_quantity(line: PricedLine, quantity: int) -> PricedLine:
    """The same line with another quantity, in eaches; its tax is to be found anew with `taxed`."""
    return {**line, "quantity": quantity}


def taxed(line: PricedLine, basis_points: int) -> PricedLine:
    """The same line with its tax at this rate."""
    tax_minor = tax_on(net_of(line), basis_points) if basis_points else 0
    if tax_minor == line.get("tax_minor", 0):
        return line
    if tax_minor:
        return {**line, "tax_minor": tax_minor}
    untaxed = dict(line)
    del untaxed["tax_minor"]
    return cast("PricedLine", untaxed)


def quantities_of(lines: Iterable[PricedLine]) -> dict[str, int]:
    """How many eaches of each item the lines ask for."""
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line["sku"]] = wanted.get(line["sku"], 0) + line["quantity"]
    return wanted
