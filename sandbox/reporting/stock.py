"""What the shop would sell against what could be promised, replayed from the books of both sides."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sandbox.reporting.books import Books
from sandbox.reporting.wording import MINUTE_US

# Publishing takes its seconds; only who was apart for longer is worth a chart.
WORTH_SHOWING_US = MINUTE_US
_ASKED = """
SELECT at_us, kind, entity, order_number, data FROM facts
WHERE (system, kind) IN (VALUES ('commerce', 'stock.published'), ('commerce', 'order.accepted'),
    ('commerce', 'order.cancelled'), ('wms', 'stock.opened'), ('wms', 'reservation.made'),
    ('wms', 'reservation.released'))
  OR (system = 'wms' AND kind = 'stock.moved' AND json_extract(data, '$.reason') <> 'ship')
ORDER BY seq
"""


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
    __slots__ = ("apart_since_us", "free", "published", "since_us", "stock", "told", "uncovered", "watermark")

    def __init__(self, sku: str) -> None:
        self.published = False
        self.apart_since_us: int | None = None
        self.told = self.watermark = self.free = self.uncovered = self.since_us = 0
        self.stock = ItemStock(sku)


class StockReplay:
    """Follows both numbers, event by event; `finish` gives what the charts show.

    *Published*: the last published quantity less accepted, uncancelled orders that it does not cover.
    *True*: stock that is neither shipped nor reserved, less accepted, uncancelled orders without a reservation.
    """

    def __init__(self, every_us: int) -> None:
        self._every_us = every_us
        self._items: dict[str, _Item] = {}
        self._needs: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._accepted: dict[str, tuple[int, list[Any]]] = {}
        self._cancelled: set[str] = set()
        self._totals: list[Total] = []
        self._published = self._true = self._over = self._under = 0
        self._over_most = self._under_most = 0
        self._now_us = self._stretch_ends_us = 0

    def hear(self, at_us: int, kind: str, entity: str, order: str, data: Mapping[str, Any]) -> None:
        """Take the next fact."""
        if at_us > self._now_us:
            self._pass_time(at_us)
        if kind == "stock.published":
            self._publish(entity, data, at_us)
        elif kind == "order.accepted":
            self._accepted[entity] = (data["seq"], data["lines"])
            self._sell(data["seq"], data["lines"], 1, at_us)
            self._need(order, data["lines"], 1, at_us)
        elif kind == "order.cancelled":
            self._cancel(entity, at_us)
        elif kind in ("reservation.made", "reservation.released"):
            sign = 1 if kind == "reservation.made" else -1
            for line in data["lines"]:
                self._item(line["sku"]).free -= sign * line["quantity"]
            self._need(order, data["lines"], -sign, at_us)
        else:
            item = self._item(data["sku"])
            item.free += data["quantity"]
            self._settle(item, at_us)

    def finish(self, until_us: int, worst: int) -> StockStory:
        """The story until then, with at most so many items whose numbers were apart the most."""
        if until_us > self._now_us:
            self._pass_time(until_us)
        stocks = [item.stock for item in self._items.values() if item.published]
        for item in self._items.values():
            self._settle(item, until_us)
        apart = sorted((stock for stock in stocks if stock.apart), key=lambda stock: (-stock.apart, stock.sku))
        return StockStory(
            self._totals,
            [stock for stock in apart if stock.longest_us > WORTH_SHOWING_US][:worst],
            len(stocks),
            max(apart, key=lambda stock: stock.widest, default=None),
            max(apart, key=lambda stock: stock.longest_us, default=None),
        )

    def _item(self, sku: str) -> _Item:
        item = self._items.get(sku)
        if item is None:
            item = self._items[sku] = _Item(sku)
        return item

    def _publish(self, sku: str, data: Mapping[str, Any], at_us: int) -> None:
        item = self._item(sku)
        item.told, item.watermark, item.published = data["available"], data["watermark"], True
        self._settle(item, at_us)

    def _sell(self, seq: int, lines: list[Any], sign: int, at_us: int) -> None:
        for line in lines:
            item = self._item(line["sku"])
            if seq > item.watermark:
                item.told -= sign * line["quantity"]
                self._settle(item, at_us)

    def _need(self, order: str, lines: list[Any], sign: int, at_us: int) -> None:
        needs = self._needs[order]
        for line in lines:
            sku = line["sku"]
            before = needs.get(sku, 0)
            after = needs[sku] = before + sign * line["quantity"]
            item = self._item(sku)
            if order not in self._cancelled:
                item.uncovered += max(after, 0) - max(before, 0)
            self._settle(item, at_us)

    def _cancel(self, order: str, at_us: int) -> None:
        accepted = self._accepted.get(order)
        if accepted is None or order in self._cancelled:
            return
        self._cancelled.add(order)
        for sku, needed in self._needs[order].items():
            item = self._item(sku)
            item.uncovered -= max(needed, 0)
            self._settle(item, at_us)
        self._sell(*accepted, -1, at_us)

    def _settle(self, item: _Item, at_us: int) -> None:
        """Account for an item's numbers as they are from now on."""
        if not item.published:
            return
        points = item.stock.points
        if points:
            self._leave(item, at_us)
        told, true = max(item.told, 0), max(item.free - item.uncovered, 0)
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
    for at_us, kind, entity, order, data in books.db.execute(_ASKED):
        replay.hear(at_us, kind, entity, order or "", json.loads(data))
    return replay.finish(until_us, worst)
