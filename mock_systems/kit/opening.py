"""Opening balances: what the systems hold before the first order arrives."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Item:
    """A stocked item. Prices in minor units of the currency, weight in grams for one each.

    `substitute` is the item that may be sent in its place.
    """

    sku: str
    name: str
    price_minor: int
    floor_minor: int
    cost_minor: int
    weight_g: int = 250
    substitute: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """An account in the ERP. `payment` is `account` (invoiced on terms) or `card` (captured by the shop)."""

    customer: str
    name: str
    country: str
    payment: str
    terms_days: int
    credit_limit_minor: int


@dataclass(frozen=True, slots=True)
class Site:
    """A warehouse: `site` is its code; `pickers` and `packers` are people on shift, hours are UTC."""

    site: str
    name: str
    pickers: int = 6
    packers: int = 3
    opens_hour: int = 6
    closes_hour: int = 20


@dataclass(frozen=True, slots=True)
class Stock:
    """Physical quantity, in eaches, of one item at one site."""

    site: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything that is laid into the systems before the run; `currency` is ISO 4217."""

    currency: str
    items: tuple[Item, ...]
    customers: tuple[Customer, ...]
    sites: tuple[Site, ...]
    stock: tuple[Stock, ...]
    derivation: tuple[str, ...] = field(default=())
