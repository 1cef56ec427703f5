"""Orders that a scenario writes out, besides those that are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.kit.opening import Item
from sandbox.demand.orders import DemandLine, DemandOrder, ShipTo
from sandbox.demand.people import People
from sandbox.errors import InputError
from sandbox.moments import Moment


class WrittenLine(BaseModel):
    """One line: so many eaches of an item, at its list price unless `price_minor` says otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: str
    quantity: Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)]
    price_minor: Annotated[int, Field(ge=0, strict=True)] | None = None


class WrittenOrder(BaseModel):
    """One order of a guest's, who pays by card, at a moment of the run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: Moment
    lines: Annotated[tuple[WrittenLine, ...], Field(min_length=1, max_length=100)]
    substitutes: bool = False


def written_orders(
    written: Sequence[WrittenOrder], items: Iterable[Item], currency: str, start_us: int, people: People
) -> list[DemandOrder]:
    """The orders as shoppers will place them. Raises InputError for an item that the demand has not made up."""
    known = {item.sku: item for item in items}
    orders = []
    for number, order in enumerate(written, start=1):
        reference = f"R-written-{number:03d}"
        ship_to = ShipTo(people.person(reference), "GB", people.postcode("GB", reference))
        lines = tuple(_line(line, known, number) for line in order.lines)
        orders.append(
            DemandOrder(start_us + order.at, reference, None, "card", currency, ship_to, lines, order.substitutes)
        )
    return orders


def _line(line: WrittenLine, known: dict[str, Item], number: int) -> DemandLine:
    item = known.get(line.sku)
    if item is None:
        raise InputError(
            f"order {number} names the item {line.sku}, which there is not",
            field="demand.orders",
            remedy=f"items are made up as SKU-0001 to SKU-{len(known):04d}; raise demand.skus for more",
        )
    price_minor = item.price_minor if line.price_minor is None else line.price_minor
    return DemandLine(line.sku, line.quantity, price_minor)
