"""Financial stock: what the ERP believes lies where, at standard cost. The WMS knows better; the value is here."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mock_systems.erp import replies, wire
from mock_systems.erp.credit_wire import ReturnedLine
from mock_systems.kit.listing import page_by_key
from mock_systems.kit.opening import Opening
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Reply

if TYPE_CHECKING:
    from mock_systems.erp.books import Books


class FinancialStock:
    """Quantity per site and item. It may fall below zero: an ERP books an issue before the receipt that explains it.

    `touched`, where somebody has set it, collects what was issued by site and item.

    Raises ValueError for an opening that holds stock of an unknown item or at an unknown site.
    """

    def __init__(self, opening: Opening) -> None:
        self._cost_minor = {item.sku: item.cost_minor for item in opening.items}
        self._quantity: dict[str, dict[str, int]] = {site.site: {} for site in opening.sites}
        for stock in opening.stock:
            if stock.site not in self._quantity or stock.sku not in self._cost_minor:
                raise ValueError(f"opening {stock}: no such site or no such item")
            at_site = self._quantity[stock.site]
            at_site[stock.sku] = at_site.get(stock.sku, 0) + stock.quantity
        self.touched: dict[tuple[str, str], int] | None = None
        self.keys = sorted(f"{site}/{sku}" for site, at_site in self._quantity.items() for sku in at_site)

    @property
    def sites(self) -> Iterable[str]:
        """The company's warehouses."""
        return self._quantity

    def quantity(self, site: str, sku: str) -> int:
        """What the ERP believes to lie there."""
        return self._quantity[site].get(sku, 0)

    def cost_of(self, sku: str) -> int:
        """The standard cost of one each, in minor units."""
        return self._cost_minor[sku]

    def has_site(self, site: str) -> bool:
        """Whether `site` is a warehouse of the company."""
        return site in self._quantity

    def add_item(self, sku: str, cost_minor: int) -> None:
        """An item that there was not at the opening, at this standard cost."""
        self._cost_minor.setdefault(sku, cost_minor)

    def issue(self, site: str, lines: Sequence[wire.Line]) -> tuple[int, list[replies.NegativeStock]]:
        """Take `lines` out of stock; gives their cost in minor units and the items that are below zero now."""
        at_site, cost = self._quantity[site], self._cost_minor
        cost_minor = 0
        negative: dict[str, int] = {}
        for line in lines:
            sku, quantity = line["sku"], line["quantity"]
            if sku not in at_site:
                insort(self.keys, f"{site}/{sku}")
            left = at_site[sku] = at_site.get(sku, 0) - quantity
            cost_minor += cost[sku] * quantity
            if left < 0:
                negative[sku] = left
            if self.touched is not None:
                self.touched[site, sku] = self.touched.get((site, sku), 0) + quantity
        return cost_minor, [{"sku": sku, "quantity": left} for sku, left in negative.items()]

    def receive(self, site: str, lines: Sequence[wire.Line | ReturnedLine]) -> int:
        """Put `lines` into stock; gives their cost in minor units."""
        for line in lines:
            self._put(site, line["sku"], line["quantity"])
        return sum(self._cost_minor[line["sku"]] * line["quantity"] for line in lines)

    def adjust(self, site: str, sku: str, quantity: int) -> None:
        """Change what lies there by a signed quantity."""
        self._put(site, sku, quantity)
        if self.touched is not None:
            self.touched.setdefault((site, sku), 0)

    def _put(self, site: str, sku: str, quantity: int) -> None:
        at_site = self._quantity[site]
        if sku not in at_site:
            insort(self.keys, f"{site}/{sku}")
        at_site[sku] = at_site.get(sku, 0) + quantity

    def value_minor(self) -> int:
        """What all stock is worth at standard cost."""
        return sum(row["value_minor"] for row in self.rows(self.keys))

    def rows(self, keys: Sequence[str]) -> Iterator[replies.StockRow]:
        """The stock under each `site/sku` key."""
        for key in keys:
            site, _, sku = key.partition("/")
            quantity, cost = self._quantity[site][sku], self._cost_minor[sku]
            yield {
                "site": site,
                "sku": sku,
                "quantity": quantity,
                "cost_minor": cost,
                "value_minor": quantity * cost,
            }


def list_stock(books: Books, turn: Turn) -> Reply:
    """Operation listStock."""
    stock = books.stock
    keys, next_cursor = page_by_key(stock.keys, turn.query.cursor, turn.query.limit)
    return Reply(200, {"items": list(stock.rows(keys)), "next_cursor": next_cursor})
