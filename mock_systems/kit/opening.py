"""Opening balances: what the systems hold before the first order arrives."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Item:
    """A stocked item. Prices in minor units of the currency, weight in grams for one each.

    `substitute` is the item that may be sent in its place, `pack` how many eaches make a case (1: not sold by the
    case), `tax_class` names the item's tax rate in each country.
    """

    sku: str
    name: str
    price_minor: int
    floor_minor: int
    cost_minor: int
    weight_g: int = 250
    substitute: str | None = None
    pack: int = 1
    tax_class: str = "standard"


@dataclass(frozen=True, slots=True)
class TaxRate:
    """The tax on goods of one class that go to one country, in basis points of the net: 2000 is 20%."""

    country: str
    tax_class: str
    basis_points: int


@dataclass(frozen=True, slots=True)
class ExchangeRate:
    """What a million minor units of a currency are worth in minor units of the base currency."""

    currency: str
    base_millionths: int


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
    """Everything that is laid into the systems before the run; `currency`, the base currency, is ISO 4217.

    Without tax rates nothing is taxed; without exchange rates everything is in the base currency.
    """

    currency: str
    items: tuple[Item, ...]
    customers: tuple[Customer, ...]
    sites: tuple[Site, ...]
    stock: tuple[Stock, ...]
    derivation: tuple[str, ...] = field(default=())
    tax_rates: tuple[TaxRate, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
