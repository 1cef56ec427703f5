"""Exact money: what a line comes to, its tax, and the shares of its parts. All in integer minor units.

Every system of the trade rounds by the same rules, because books that round differently never agree: tax is rounded
half up for each line, never on the total, and a part of a line gets what its cumulative share has grown by.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NotRequired

from typing_extensions import TypedDict

from mock_systems.kit.opening import ExchangeRate, TaxRate

BASIS_POINTS: Final = 10_000
MILLION: Final = 1_000_000


class PricedLine(TypedDict):
    """A line as books and facts keep it. `quantity` is in eaches, always.

    A line that is sold by the case has `uom` and `pack`: `price_minor` is then for one case of `pack` eaches.
    `tax_minor` is the tax of the whole line; it is left out where there is none.
    """

    line: int
    sku: str
    quantity: int
    price_minor: int
    uom: NotRequired[Literal["CS"]]
    pack: NotRequired[int]
    tax_minor: NotRequired[int]


def net_of(line: PricedLine) -> int:
    """What the line comes to before tax."""
    if "pack" in line:
        return line["quantity"] // line["pack"] * line["price_minor"]
    return line["quantity"] * line["price_minor"]


def net_of_all(lines: Iterable[PricedLine]) -> int:
    """What the lines come to before tax."""
    return sum([net_of(line) for line in lines])


def tax_of_all(lines: Iterable[PricedLine]) -> int:
    """The tax of the lines."""
    return sum([line.get("tax_minor", 0) for line in lines])


def total_of(lines: Iterable[PricedLine]) -> int:
    """What the lines come to with tax."""
    return sum([net_of(line) + line.get("tax_minor", 0) for line in lines])


def share(amount_minor: int, done: int, ordered: int) -> int:
    """The share of `amount_minor` that falls to the first `done` of `ordered` eaches, rounded down."""
    return amount_minor * done // ordered


def part(amount_minor: int, before: int, after: int, ordered: int) -> int:
    """What falls to the eaches from `before` to `after`: parts that follow each other sum exactly to the whole."""
    return share(amount_minor, after, ordered) - share(amount_minor, before, ordered)


def part_of(line: PricedLine, before: int, after: int) -> tuple[int, int]:
    """Net and tax of the eaches of a line from `before` to `after`, out of its `quantity`."""
    ordered = line["quantity"]
    tax_minor = line.get("tax_minor", 0)
    return part(net_of(line), before, after, ordered), part(tax_minor, before, after, ordered) if tax_minor else 0


def tax_on(net_minor: int, basis_points: int) -> int:
    """The tax on one line's net, rounded half up."""
    return (net_minor * basis_points + BASIS_POINTS // 2) // BASIS_POINTS


class TaxTable:
    """Tax rates by country and item class; what the table doesn't name is not taxed."""

    def __init__(self, rates: Iterable[TaxRate] = ()) -> None:
        self._rates = {(rate.country, rate.tax_class): rate.basis_points for rate in rates}

    def __bool__(self) -> bool:
        return bool(self._rates)

    def basis_points(self, country: str, tax_class: str) -> int:
        """The rate for goods of this class that go to this country; 0 where there is none."""
        return self._rates.get((country, tax_class), 0)


class Currencies:
    """The base currency and what others are worth in it, all in minor units."""

    def __init__(self, base: str, rates: Iterable[ExchangeRate] = ()) -> None:
        self.base = base
        self._millionths: Mapping[str, int] = {base: MILLION, **{rate.currency: rate.base_millionths for rate in rates}}

    def __contains__(self, currency: str) -> bool:
        return currency in self._millionths

    def names(self) -> tuple[str, ...]:
        """All currencies, the base first."""
        return tuple(self._millionths)

    def in_base(self, amount_minor: int, currency: str) -> int:
        """The amount in the base currency, rounded half up."""
        if currency == self.base:
            return amount_minor
        return (amount_minor * self._millionths[currency] + MILLION // 2) // MILLION

    def from_base(self, amount_minor: int, currency: str) -> int:
        """An amount of the base currency in another one, rounded half up."""
        if currency == self.base:
            return amount_minor
        rate = self._millionths[currency]
        return (amount_minor * MILLION + rate // 2) // rate

    def floor_from_base(self, amount_minor: int, currency: str) -> int:
        """As `from_base`, rounded down: a least price must not grow by being converted."""
        return amount_minor if currency == self.base else amount_minor * MILLION // self._millionths[currency]
