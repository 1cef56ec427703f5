"""The shop's books: its catalogue, what it may sell, and the orders that it took."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_systems.commerce.order_line import PricedLine, taxed
from mock_systems.commerce.return_book import ReturnBook
from mock_systems.kit.listing import Changes
from mock_systems.kit.money import Currencies, TaxTable
from mock_systems.kit.opening import Opening
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal

Json = dict[str, Any]


@dataclass(slots=True)
class Shelf:
    """What the shop may sell of one item: a published quantity, less what it has sold since the watermark.

    `available` may be below zero, when a quantity is published that earlier sales exceed.
    """

    sku: str
    quantity: int = 0
    version: int = 0
    watermark: int = 0
    sold_since: int = 0
    _seqs: list[int] = field(default_factory=list)
    _quantities: list[int] = field(default_factory=list)
    _first: int = 0

    @property
    def available(self) -> int:
        """Eaches that the shop sells from now."""
        return self.quantity - self.sold_since

    def sell(self, seq: int, quantity: int) -> None:
        """An order took `quantity`; `seq` is the highest yet."""
        self._seqs.append(seq)
        self._quantities.append(quantity)
        if seq > self.watermark:
            self.sold_since += quantity
        else:
            self._first = len(self._seqs)

    def give_back(self, seq: int) -> None:
        """The order with this number is cancelled."""
        at = bisect_left(self._seqs, seq)
        if at >= self._first:
            self.sold_since -= self._quantities[at]
        self._quantities[at] = 0

    def change(self, seq: int, by: int) -> None:
        """The order with this number takes `by` more from now on, less where it is below zero."""
        at = bisect_left(self._seqs, seq)
        if at == len(self._seqs) or self._seqs[at] != seq:
            self._seqs.insert(at, seq)
            self._quantities.insert(at, 0)
            if seq <= self.watermark:
                self._first += 1
        self._quantities[at] += by
        if at >= self._first:
            self.sold_since += by

    def publish(self, quantity: int, version: int, watermark: int) -> None:
        """Replace the quantity by one that reckons with the orders up to the watermark, be it lower than before."""
        first = bisect_right(self._seqs, watermark)
        if first >= self._first:
            self.sold_since -= sum(self._quantities[self._first : first])
        else:
            self.sold_since += sum(self._quantities[first : self._first])
        self._first = first
        self.quantity, self.version, self.watermark = quantity, version, watermark


@dataclass(slots=True)
class OrderRecord:
    """One order. `shown` is the order as the API shows it: replaced on each change, never changed.

    `lines` are its lines in eaches, as the facts have them, `first_lines` those that were ordered. `sold` is what it
    takes of each item. `authorisation` is None for orders on account; `open_minor` is what may still be captured.
    """

    shown: Json
    trace: str
    sold: Mapping[str, int]
    lines: Sequence[PricedLine] = ()
    first_lines: Sequence[PricedLine] = ()
    authorisation: str | None = None
    open_minor: int = 0
    voided: bool = False
    fulfilments: list[Json] = field(default_factory=list)
    captures: list[Json] = field(default_factory=list)
    refunds: list[Json] = field(default_factory=list)

    @property
    def order(self) -> str:
        """The order's number."""
        return str(self.shown["order"])


class Books:
    """Everything the shop knows. `unlisted` items are not sold any more."""

    def __init__(self, opening: Opening, returns_within_us: int) -> None:
        self.currency = opening.currency
        self.currencies = Currencies(opening.currency, opening.exchange_rates)
        self.taxes = TaxTable(opening.tax_rates)
        self.items = {item.sku: item for item in sorted(opening.items, key=lambda i: i.sku)}
        self.item_versions: dict[str, int] = {}
        self.unlisted: dict[str, None] = {}
        self.skus = list(self.items)
        self.shelves = {sku: Shelf(sku) for sku in self.skus}
        for stock in opening.stock:
            if stock.sku in self.shelves:
                self.shelves[stock.sku].quantity += stock.quantity
        self.orders: dict[str, OrderRecord] = {}
        self.by_reference: dict[str, OrderRecord] = {}
        self.changes = Changes()
        self.returns = ReturnBook(returns_within_us)
        self._numbers: dict[str, int] = {}

    def open(self, turn: Turn) -> None:
        """Write the catalogue and the first published stock into the ledger."""
        for item in self.items.values():
            turn.fact("item.listed", item.sku, None, {"name": item.name, "price_minor": item.price_minor})
        for shelf in self.shelves.values():
            turn.fact("stock.published", shelf.sku, None, published_data(shelf))

    def order(self, order: str) -> OrderRecord:
        """The order with this number. Raises Refusal (404)."""
        record = self.orders.get(order)
        if record is None:
            raise Refusal(404, "unknown-order", f"the shop has no order {order}")
        return record

    def change(self, record: OrderRecord, now_us: int, **changed: Any) -> None:
        """Give the order new values, and a new place among the changes."""
        record.shown = {
            **record.shown,
            **changed,
            "updated_at_us": now_us,
            "updated_seq": self.changes.note(record.order),
        }

    def taxed(self, lines: list[PricedLine], country: str) -> list[PricedLine]:
        """The lines with the taxes of the country that they go to, each rounded by itself."""
        if not self.taxes:
            return lines
        rate = self.taxes.basis_points
        return [taxed(line, rate(country, self.items[line["sku"]].tax_class)) for line in lines]

    def shop_money(self, currency: str, total_minor: int) -> Json:
        """What a total in another currency is worth in the shop's own."""
        return {"currency": self.currency, "total_minor": self.currencies.in_base(total_minor, currency)}

    def number(self, prefix: str) -> str:
        """The next number of a kind: `CAP-000001`."""
        count = self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}-{count:06d}"


def published_data(shelf: Shelf) -> Json:
    """The data of a `stock.published` fact."""
    return {
        "quantity": shelf.quantity,
        "available": shelf.available,
        "version": shelf.version,
        "watermark": shelf.watermark,
    }
