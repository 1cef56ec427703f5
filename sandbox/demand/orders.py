"""What shoppers order, and what the books hold before they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from mock_systems.kit.opening import Opening
from sandbox.demand.accounting import Accounting

Payment = Literal["card", "account"]


@dataclass(frozen=True, slots=True)
class DemandLine:
    """One line of an order: `quantity` in eaches, `price_minor` for one each, or for a case of `pack` eaches."""

    sku: str
    quantity: int
    price_minor: int
    pack: int = 1

    @property
    def units(self) -> int:
        """How many eaches or cases are asked for."""
        return self.quantity // self.pack

    @property
    def net_minor(self) -> int:
        """What the line comes to, before tax."""
        return self.units * self.price_minor

    def as_request(self) -> dict[str, Any]:
        """The line as a basket has it."""
        line: dict[str, Any] = {"sku": self.sku, "quantity": self.units, "price_minor": self.price_minor}
        return line if self.pack == 1 else {**line, "uom": "CS"}


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
class DemandChange:
    """What the shopper asks `after_us` past the placing: to cancel, with a reason; or an edit.

    An edit keeps the share `keep`, below 1, of the line at position `line` (from 0, in the basket); where there is
    nothing to lower, the goods shall go to another `postcode`.
    """

    kind: Literal["cancellation", "edit"]
    after_us: int
    reason: str = ""
    line: int = 0
    keep: float = 0.0
    postcode: str = ""

    def as_request(self, order: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Where and with what body the shopper asks it of `order`, which is as the shop showed it."""
        if self.kind == "cancellation":
            return "cancellation-requests", {"reason": self.reason}
        lines = order["lines"]
        number, quantity = lines[self.line]["line"], lines[self.line]["quantity"]
        least = 1 if len(lines) == 1 else 0
        if quantity == least:
            return "edits", {"lines": [], "ship_to": {**order["ship_to"], "postcode": self.postcode}}
        return "edits", {"lines": [{"line": number, "quantity": max(least, int(self.keep * quantity))}]}


@dataclass(frozen=True, slots=True)
class DemandReturn:
    """What the shopper will ask to give back at `at_us`: `lines` are positions in the basket (from 0) and eaches.

    `reference` is the shopper's own, unique in its demand.
    """

    at_us: int
    reference: str
    lines: tuple[tuple[int, int], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class DemandOrder:
    """An order that a shopper will place at `at_us` (UTC); `reference` is unique in its demand.

    `customer` is the account that buys, or None for a guest, who pays by card. `substitutes`: another item is welcome
    where one is out of stock. `change` is what the shopper will want to have changed, `returns` what to give
    back. `worth_minor` is the total with
    tax in the base currency, where that is not simply the total.
    """

    at_us: int
    reference: str
    customer: str | None
    payment: Payment
    currency: str
    ship_to: ShipTo
    lines: tuple[DemandLine, ...]
    substitutes: bool = False
    change: DemandChange | None = None
    worth_minor: int | None = None
    returns: tuple[DemandReturn, ...] = ()

    @property
    def total_minor(self) -> int:
        """What the lines come to before tax, in minor units of the currency."""
        return sum(line.net_minor for line in self.lines)

    @property
    def base_minor(self) -> int:
        """What the order comes to with tax, in the base currency."""
        return self.total_minor if self.worth_minor is None else self.worth_minor

    def as_request(self) -> dict[str, Any]:
        """The body with which the shopper places it at the channel."""
        request: dict[str, Any] = {
            "reference": self.reference,
            "customer": self.customer,
            "payment": self.payment,
            "currency": self.currency,
            "ship_to": self.ship_to.as_dict(),
            "lines": [line.as_request() for line in self.lines],
        }
        return {**request, "substitutes": True} if self.substitutes else request


@dataclass(frozen=True, slots=True)
class Demand:
    """All orders of a run, sorted by time; the opening balances that fit them; and how both came about."""

    orders: tuple[DemandOrder, ...]
    opening: Opening
    account: Accounting


def in_time(orders: list[DemandOrder]) -> tuple[DemandOrder, ...]:
    """The orders as they will be placed; the reference settles ties."""
    return tuple(sorted(orders, key=lambda order: (order.at_us, order.reference)))
