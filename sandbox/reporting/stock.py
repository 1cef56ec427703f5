"""What the shop would sell against what could be promised, replayed from the books of both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic_core import from_json

from sandbox.reporting.books import Books
from sandbox.reporting.wording import MINUTE_US
from sandbox.stock_promise import HEARD, Lines, StockPromise

# Publishing takes its seconds; only who was apart for longer is worth a chart.
WORTH_SHOWING_US = MINUTE_US
_KINDS = ", ".join("('{}', '{}')".format(*watched.split(" ")) for watched in HEARD)
# What is shipped was reserved before: it changes nothing, and is most of all moves.
_ASKED = f"""
SELECT at_us, system, kind, entity, order_number, data FROM facts
WHERE (system, kind) IN (VALUES {_KINDS})
  AND NOT (kind = 'stock.moved' AND json_extract(data, '$.reason') = 'ship')
ORDER BY seq
"""


class StockFact(NamedTuple):
    """A fact that one of the two numbers may hang on."""

    at_us: int
    system: str
    kind: str
    entity: str
    order: str | None
    data: Mapping[str, Any]


@dataclass(slots=True)
class ItemStock:
    """One item's two numbers, in eaches, where they changed: (moment, published, true).

    `apart` is the gap times how long it stood, in eaches times microseconds; `widest` its largest size, `longest_us`
    the longest time in which there was one.
    """

    sku: str
    points: list[tuple[int, int, int]] = field(default_factory=list)
    apart: int = 0
    widest: int = 0
    longest_us: int = 0


class Total(NamedTuple):
    """All items at the end of a stretch; `over` (promised too much) and `under` (held back) are the most within it."""

    at_us: int
    published: int
    true: int
    over: int
    under: int


@dataclass(frozen=True, slots=True)
class StockStory:
    """Sums over all `items`; those items that were apart the most; the widest and the longest gap of any."""

    totals: list[Total]
    worst: list[ItemStock]
    items: int
    widest: ItemStock | None
    longest: ItemStock | None


class _Item:
    __slots__ = ("apart_since_us", "since_us", "stock")

    def __init__(self, sku: str) -> None:
        self.apart_since_us: int | None = None
        self.since_us = 0
        self.stock = ItemStock(sku)


class StockReplay(StockPromise[StockFact]):
    """Follows both numbers by the oracle's own rule; `finish` gives what the charts show.

    An item is shown from when it was published. Without `safety_stock`, what a design keeps back is a gap.
    """

    def __init__(self, every_us: int, safety_stock: int = 0) -> None:
        super().__init__(safety_stock)
        self._every_us = every_us
        self._items: dict[str, _Item] = {}
        self._sold: dict[str, tuple[int, list[Any]]] = {}
        self._totals: list[Total] = []
        self._published = self._true = self._over = self._under = 0
        self._over_most = self._under_most = 0
        self._now_us = self._stretch_ends_us = 0
        self._hearers = {watched: getattr(self, name) for watched, name in HEARD.items()}

    def hear(self, fact: StockFact) -> None:
        """Take the next fact; of no matter what kind."""
        hearer = self._hearers.get(f"{fact.system} {fact.kind}")
        if hearer is None:
            return
        if fact.at_us > self._now_us:
            self._pass_time(fact.at_us)
        hearer(fact)
        if fact.kind == "order.accepted":
            self._sold[fact.entity] = (fact.data["seq"], fact.data["lines"])
        elif fact.kind == "order.edited" and fact.order in self._sold:
            self._sold[fact.order] = (self._sold[fact.order][0], fact.data["lines"])

    def sold(self, order: str) -> tuple[int, Lines] | None:
        """As the shop's last word was."""
        return self._sold.get(order)

    def published(self, fact: StockFact) -> None:
        """From here on the item is shown."""
        self._items.setdefault(fact.entity, _Item(fact.entity))
        super().published(fact)

    def finish(self, until_us: int, worst: int) -> StockStory:
        """The story until then, with at most so many items whose numbers were apart the most."""
        if until_us > self._now_us:
            self._pass_time(until_us)
        stocks = [item.stock for item in self._items.values()]
        for sku in self._items:
            self.changed(sku, until_us)
        apart = sorted((stock for stock in stocks if stock.apart), key=lambda stock: (-stock.apart, stock.sku))
        return StockStory(
            self._totals,
            [stock for stock in apart if stock.longest_us > WORTH_SHOWING_US][:worst],
            len(stocks),
            max(apart, key=lambda stock: stock.widest, default=None),
            max(apart, key=lambda stock: stock.longest_us, default=None),
        )

    def changed(self, sku: str, at_us: int) -> None:
        """Account for an item's numbers as they are from now on."""
        item = self._items.get(sku)
        if item is None:
            return
        points = item.stock.points
        if points:
            self._leave(item, at_us)
        told, true = self.of(sku)
        self._add(told, true, 1)
        if told == true:
            item.apart_since_us = None
        elif item.apart_since_us is None:
            item.apart_since_us = at_us
        item.since_us = at_us
        if points and points[-1][0] == at_us:
            points[-1] = (at_us, told, true)
        elif not points or points[-1][1:] != (told, true):
            points.append((at_us, told, true))

    def _leave(self, item: _Item, at_us: int) -> None:
        """What the item's numbers were until now; what stood for no time at all was never to be seen."""
        stock = item.stock
        _, told, true = stock.points[-1]
        self._add(told, true, -1)
        if at_us > item.since_us and told != true:
            stock.apart += abs(told - true) * (at_us - item.since_us)
            stock.widest = max(stock.widest, abs(told - true))
            stock.longest_us = max(stock.longest_us, at_us - (item.apart_since_us or item.since_us))

    def _add(self, told: int, true: int, sign: int) -> None:
        self._published += sign * told
        self._true += sign * true
        if told > true:
            self._over += sign * (told - true)
        else:
            self._under += sign * (true - told)

    def _pass_time(self, at_us: int) -> None:
        self._now_us = at_us
        self._over_most = max(self._over_most, self._over)
        self._under_most = max(self._under_most, self._under)
        if at_us < self._stretch_ends_us:
            return
        if self._stretch_ends_us:
            most = (self._over_most, self._under_most)
            self._totals.append(Total(self._stretch_ends_us, self._published, self._true, *most))
        begin_us = at_us // self._every_us * self._every_us
        if 0 < self._stretch_ends_us < begin_us:  # nothing changed for whole stretches
            self._totals.append(Total(begin_us, self._published, self._true, self._over, self._under))
        self._stretch_ends_us = begin_us + self._every_us
        self._over_most, self._under_most = self._over, self._under


def stock_story(books: Books, every_us: int, until_us: int, worst: int = 3) -> StockStory:
    """Published against true stock, in stretches of `every_us`."""
    replay = StockReplay(every_us)
    for at_us, system, kind, entity, order, data in books.db.execute(_ASKED):
        replay.hear(StockFact(at_us, system, kind, entity, order, from_json(data)))
    return replay.finish(until_us, worst)
