"""Prices: the list price of each item, and price lists with customer prices and quantity breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_systems.erp import replies, wire
from mock_systems.erp.order_lines import pack_of
from mock_systems.kit.opening import Item
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

if TYPE_CHECKING:
    from mock_systems.erp.books import Books


@dataclass(frozen=True, slots=True)
class Price:
    """An entry of a price list: one each of `sku` costs `customer` this much from `from_quantity` on.

    `customer` None: the entry holds for everybody who has no own entry for that quantity.
    """

    customer: str | None
    sku: str
    price_minor: int
    from_quantity: int = 1


class PriceList:
    """Finds the price of an item for a customer and a quantity.

    Raises ValueError for an entry whose item is unknown, whose price is negative or whose quantity is below 1.
    """

    def __init__(self, items: Mapping[str, Item], prices: Iterable[Price] = ()) -> None:
        self._items = items
        self._breaks: dict[tuple[str | None, str], list[tuple[int, int]]] = {}
        for price in prices:
            if price.sku not in items or price.price_minor < 0 or price.from_quantity < 1:
                raise ValueError(f"{price}: needs a listed sku, a price of 0 or more and a quantity of 1 or more")
            self._breaks.setdefault((price.customer, price.sku), []).append((price.from_quantity, price.price_minor))
        for breaks in self._breaks.values():
            breaks.sort(reverse=True)

    def quote(self, customer: str | None, line: wire.QuoteLine) -> replies.QuotedPrice:
        """The price for this customer and quantity, and the floor below which the item should not be sold."""
        sku, pack = line["sku"], pack_of(line)
        quantity = line["quantity"] * pack
        item = self._items[sku]
        price_minor = item.price_minor
        if self._breaks:
            price_minor = self._agreed(customer, sku, quantity, price_minor)
        # A price that was agreed below the floor is allowed to whom it was promised.
        return {
            "sku": sku,
            "quantity": line["quantity"],
            "price_minor": price_minor * pack,
            "floor_minor": min(item.floor_minor, price_minor) * pack,
        }

    def _agreed(self, customer: str | None, sku: str, quantity: int, listed_minor: int) -> int:
        """The customer's own entry comes before everybody's, and that before the list price."""
        for whose in (customer, None) if customer is not None else (None,):
            for from_quantity, price_minor in self._breaks.get((whose, sku), ()):
                if quantity >= from_quantity:
                    return price_minor
        return listed_minor


def quote_prices(books: Books, turn: Turn) -> Reply:
    """Operation quotePrices."""
    asked: wire.AskPrices = turn.body
    books.account_for_booking(asked.customer)
    currency = asked.currency or books.currency
    if currency not in books.currencies:
        raise Refusal(422, "wrong-currency", f"no prices in {currency}", currency=books.currency)
    items, quote = books.items, books.prices.quote
    for line in asked.lines:
        if line["sku"] not in items:
            raise Refusal(422, "unknown-item", f"no item {line['sku']}", sku=line["sku"])
    lines = [quote(asked.customer, line) for line in asked.lines]
    if currency != books.currency:
        for quoted in lines:
            quoted["price_minor"] = books.currencies.from_base(quoted["price_minor"], currency)
            quoted["floor_minor"] = books.currencies.floor_from_base(quoted["floor_minor"], currency)
    return Reply(200, {"currency": currency, "lines": lines})
