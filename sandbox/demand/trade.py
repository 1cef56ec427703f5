"""Ways of trading: by the case, with tax, in several currencies. Each order is changed by draws of its own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mock_systems.kit.money import MILLION, Currencies, TaxTable, tax_on
from mock_systems.kit.opening import ExchangeRate, Item, TaxRate
from mock_systems.kit.streams import Streams
from sandbox.demand.orders import DemandLine, DemandOrder
from sandbox.moments import Share

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]

# The rates of November 2011, when the shipped history was written.
_IN_POUNDS: Final = {"GBP": 1.0, "EUR": 0.8565, "USD": 0.6325, "SEK": 0.0935, "PLN": 0.1925}
_WHERE: Final = {"EUR": ("IE", "FR", "DE"), "USD": ("US",), "SEK": ("SE",), "PLN": ("PL",), "GBP": ("GB",)}
_TAXES: Final = {
    "GB": {"standard": 0.20, "reduced": 0.05},
    "IE": {"standard": 0.21, "reduced": 0.135},
    "FR": {"standard": 0.196, "reduced": 0.055},
    "DE": {"standard": 0.19, "reduced": 0.07},
}


class UnitsBlock(BaseModel):
    """The block `units:` of a demand: which share of the lines is ordered by the case, and how many eaches that is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case_share: Share
    pack: Annotated[int, Field(ge=2, le=10_000, strict=True)] = 12


class TaxBlock(BaseModel):
    """The block `tax:` of a demand: rates by country and item class (`standard`, `reduced`); others are not taxed.

    `reduced_share` of the items are of the class `reduced`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rates: dict[Country, dict[str, Share]] = Field(default_factory=lambda: dict(_TAXES), validate_default=False)
    reduced_share: Share = 0.0

    def opening(self) -> tuple[TaxRate, ...]:
        """The rates as the systems have them."""
        return tuple(
            TaxRate(country, tax_class, round(share * 10_000))
            for country, classes in sorted(self.rates.items())
            for tax_class, share in sorted(classes.items())
        )


class TradeBlock(BaseModel):
    """What a synthetic demand may say of its trade; left out, all is sold by the each, untaxed, in one currency.

    `currencies` are shares of the buyers who pay in another currency than the demand's own; `exchange_rates` say what
    one unit of it is worth, where the sandbox has no rate or another one is wanted.
    """

    currency: Currency = "GBP"
    units: UnitsBlock | None = None
    tax: TaxBlock | None = None
    currencies: dict[Currency, Share] = Field(default_factory=dict)
    exchange_rates: dict[Currency, Annotated[float, Field(gt=0, le=1_000_000)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if sum(self.currencies.values()) > 1:
            raise ValueError("the currencies' shares are more than all buyers: lower one of them")
        if self.currency in self.currencies:
            raise ValueError(f"{self.currency} is the demand's own currency: leave it out of currencies")
        for currency in self.currencies:
            known = currency in _IN_POUNDS and self.currency in _IN_POUNDS
            if currency not in self.exchange_rates and not known:
                raise ValueError(f"no rate is known for {currency}: give one in exchange_rates")
        return self

    def rates(self) -> tuple[ExchangeRate, ...]:
        """The exchange rates of the currencies that are used."""
        return tuple(
            ExchangeRate(currency, round(MILLION * self._worth(currency))) for currency in sorted(self.currencies)
        )

    def _worth(self, currency: str) -> float:
        given = self.exchange_rates.get(currency)
        return _IN_POUNDS[currency] / _IN_POUNDS[self.currency] if given is None else given

    def classed(self, items: Iterable[Item], streams: Streams) -> tuple[Item, ...]:
        """The items with their case sizes and tax classes."""
        pack = self.units.pack if self.units is not None else 1
        reduced = self.tax.reduced_share if self.tax is not None else 0.0
        return tuple(
            replace(
                item,
                pack=pack,
                tax_class="reduced" if streams.fraction("tax-class", item.sku) < reduced else "standard",
            )
            for item in items
        )

    def traded(self, orders: Sequence[DemandOrder], items: Iterable[Item], streams: Streams) -> list[DemandOrder]:
        """The orders as they are placed in this trade."""
        if self.units is None and self.tax is None and not self.currencies:
            return list(orders)
        by_sku = {item.sku: item for item in items}
        currencies = Currencies(self.currency, self.rates())
        taxes = TaxTable(self.tax.opening() if self.tax is not None else ())
        return [self._traded(order, by_sku, currencies, taxes, streams) for order in orders]

    def _traded(
        self,
        order: DemandOrder,
        items: Mapping[str, Item],
        currencies: Currencies,
        taxes: TaxTable,
        streams: Streams,
    ) -> DemandOrder:
        buyer = order.customer or order.reference
        currency = self._currency_of(buyer, streams)
        ship_to = order.ship_to
        if currency != self.currency and (where := _WHERE.get(currency)) and ship_to.country not in where:
            ship_to = replace(ship_to, country=where[streams.number("country", buyer) % len(where)])
        lines = tuple(self._by_the_case(order, at, line, items, streams) for at, line in enumerate(order.lines))
        if currency != self.currency:
            lines = tuple(replace(line, price_minor=currencies.from_base(line.price_minor, currency)) for line in lines)
        total_minor = sum(
            line.net_minor + tax_on(line.net_minor, taxes.basis_points(ship_to.country, items[line.sku].tax_class))
            for line in lines
        )
        worth_minor = currencies.in_base(total_minor, currency)
        return replace(order, currency=currency, ship_to=ship_to, lines=lines, worth_minor=worth_minor)

    def _currency_of(self, buyer: str, streams: Streams) -> str:
        drawn = streams.fraction("currency", buyer)
        for currency in sorted(self.currencies):
            drawn -= self.currencies[currency]
            if drawn < 0:
                return currency
        return self.currency

    def _by_the_case(
        self, order: DemandOrder, at: int, line: DemandLine, items: Mapping[str, Item], streams: Streams
    ) -> DemandLine:
        if self.units is None or streams.fraction("case", order.reference, at) >= self.units.case_share:
            return line
        pack = items[line.sku].pack
        cases = -(-line.quantity // pack)
        return DemandLine(line.sku, cases * pack, line.price_minor * pack, pack)
