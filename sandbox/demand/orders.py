"""What shoppers order, and what the books hold before they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from mock_systems.kit.opening import Opening
from sandbox.demand.accounting import Accounting

Payment = Literal["card", "account"]


@dataclass(frozen=True, slots=True)
class DemandLine:
    """One line of an order: `quantity` in eaches, `price_minor` for one each."""

    sku: str
    quantity: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class ShipTo:
    """Where the goods go; `country` is ISO 3166-1 alpha-2."""

    name: str
    country: str
    postcode: str

    def as_dict(self) -> dict[str, str]:
        """The address as JSON."""
        return {"name": self.name, "country": self.country, "postcode": self.postcode}


@dataclass(frozen=True, slots=True)
class DemandOrder:
    """An order that a shopper will place at `at_us` (UTC); `reference` is unique in its demand.

    `customer` is the account that buys, or None for a guest, who pays by card.
    """

    at_us: int
    reference: str
    customer: str | None
    payment: Payment
    currency: str
    ship_to: ShipTo
    lines: tuple[DemandLine, ...]

    @property
    def total_minor(self) -> int:
        """What the lines come to, in minor units of the currency."""
        return sum(line.quantity * line.price_minor for line in self.lines)

    def as_request(self) -> dict[str, Any]:
        """The body with which the shopper places it at the channel."""
        return {
            "reference": self.reference,
            "customer": self.customer,
            "payment": self.payment,
            "currency": self.currency,
            "ship_to": self.ship_to.as_dict(),
            "lines": [
                {"sku": line.sku, "quantity": line.quantity, "price_minor": line.price_minor} for line in self.lines
            ],
        }


@dataclass(frozen=True, slots=True)
class Demand:
    """All orders of a run, sorted by time; the opening balances that fit them; and how both came about."""

    orders: tuple[DemandOrder, ...]
    opening: Opening
    account: Accounting


def in_time(orders: list[DemandOrder]) -> tuple[DemandOrder, ...]:
    """The orders as they will be placed; the reference settles ties."""
    return tuple(sorted(orders, key=lambda order: (order.at_us, order.reference)))
