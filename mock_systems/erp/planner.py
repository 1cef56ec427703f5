"""The planner: each day it orders what the shelves will lack."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

import simpy

from mock_systems.erp.books import CLOSED, Books, SalesOrder
from mock_systems.erp.purchasing import Key, PurchaseOrder
from mock_systems.erp.purchasing_wire import PurchaseLine
from mock_systems.erp.replenishment_config import ReplenishmentConfig
from mock_systems.kit.births import born_traceparent
from mock_systems.kit.physics import DAY, HOUR, Process
from mock_systems.kit.turn import Turn

if TYPE_CHECKING:
    from mock_systems.erp.system import Erp

_LINES_MOST = 200  # of one purchase order


class Planner:
    """Plans by site and item; what is ordered goes to `place`, the supplier. Looks at what has moved alone.

    Customers' orders that no stock covers are ordered for, too, at the site that holds most of the item by rights.
    """

    def __init__(self, erp: Erp, config: ReplenishmentConfig, place: Callable[[PurchaseOrder], None]) -> None:
        self._erp = erp
        self._config = config
        self._place = place
        books: Books = erp.books
        self._touched: dict[Key, int] = {}
        books.stock.touched = self._touched
        self._opened = {key: books.stock.quantity(*key) for key in map(_key, books.stock.keys)}
        self._home = _homes(self._opened)
        self._days: deque[dict[Key, int]] = deque()
        self._recent: dict[Key, int] = {}
        self._open: dict[str, SalesOrder] = {}
        self._seen = 0

    def start(self, env: simpy.Environment) -> None:
        """Begin to plan."""
        env.process(self._plan_daily(env))

    def _plan_daily(self, env: simpy.Environment) -> Process:
        while True:
            yield env.timeout((self._config.hour * HOUR - int(env.now)) % DAY or DAY)
            wanted = self._wanted()
            if wanted:
                self._erp.act(partial(self._order, wanted), int(env.now))

    def _wanted(self) -> dict[Key, int]:
        """Eaches to order by site and item."""
        purchasing = self._erp.books.purchasing
        issued = dict(self._touched)
        self._touched.clear()
        self._remember(issued)
        keys = sorted({**issued, **purchasing.short})
        purchasing.short.clear()
        wanted: dict[Key, int] = {}
        for key in keys:
            target = self._target(key)
            position = self._position(key)
            if position < target * self._config.reorder_share:
                wanted[key] = target - position
        self._cover_orders(wanted)
        return wanted

    def _position(self, key: Key) -> int:
        books = self._erp.books
        return books.stock.quantity(*key) + books.purchasing.on_order.get(key, 0)

    def _target(self, key: Key) -> int:
        config = self._config
        days = config.cover_days + config.lead_days + config.lead_spread_days
        by_rate = ceil(self._recent.get(key, 0) * days / config.lookback_days)
        return max(self._opened.get(key, 0), by_rate)

    def _remember(self, issued: dict[Key, int]) -> None:
        recent = self._recent
        self._days.append(issued)
        for key, quantity in issued.items():
            recent[key] = recent.get(key, 0) + quantity
        if len(self._days) > self._config.lookback_days:
            for key, quantity in self._days.popleft().items():
                recent[key] -= quantity

    def _cover_orders(self, wanted: dict[Key, int]) -> None:
        """Order what customers wait for and neither the shelves nor the suppliers will have."""
        for sku, needed in sorted(self._needed().items()):
            keys = [(site, sku) for site in self._erp.books.stock.sites]
            coming = sum(self._position(key) + wanted.get(key, 0) for key in keys)
            if coming < needed:
                home = self._home.get(sku, keys[0])
                wanted[home] = wanted.get(home, 0) + needed - coming

    def _needed(self) -> dict[str, int]:
        orders = self._erp.books.sales_orders
        for order in orders.since(self._seen):
            self._open[order.sales_order] = order
        self._seen = len(orders)
        needed: dict[str, int] = {}
        for number, order in list(self._open.items()):
            if order.status in CLOSED or order.is_complete(order.issued):
                del self._open[number]
                continue
            for line in order.lines:
                left = line["quantity"] - order.issued.get(line["line"], 0)
                needed[line["sku"]] = needed.get(line["sku"], 0) + left
        return needed

    def _order(self, wanted: dict[Key, int], turn: Turn) -> None:
        by_supplier: dict[tuple[str, str], list[tuple[str, int]]] = {}
        for (site, sku), quantity in sorted(wanted.items()):
            supplier = f"SUP-{1 + turn.streams.number('supplier', sku) % self._config.suppliers}"
            by_supplier.setdefault((site, supplier), []).append((sku, quantity))
        for (site, supplier), goods in by_supplier.items():
            for part in _parts(goods):
                self._create(site, supplier, part, turn)

    def _create(self, site: str, supplier: str, goods: Iterable[tuple[str, int]], turn: Turn) -> None:
        books = self._erp.books
        number = f"PO-{len(books.purchasing.orders) + 1:06d}"
        cost_of = books.stock.cost_of
        lines: list[PurchaseLine] = [
            {"line": at, "sku": sku, "quantity": quantity, "cost_minor": cost_of(sku)}
            for at, (sku, quantity) in enumerate(goods, start=1)
        ]
        order = PurchaseOrder(number, supplier, site, lines, born_traceparent(turn.streams, "purchase-order", number))
        books.purchasing.add(order)
        data = {"site": site, "supplier": supplier, "lines": lines}
        turn.fact("purchase_order.created", number, None, data, order.trace)
        turn.notify("purchase_order.created", number, None, order.view(), order.trace)
        self._place(order)


def _key(text: str) -> Key:
    site, _, sku = text.partition("/")
    return site, sku


def _homes(opened: dict[Key, int]) -> dict[str, Key]:
    """The site that opened with most of each item."""
    homes: dict[str, Key] = {}
    for key in sorted(opened, key=lambda key: (-opened[key], key)):
        homes.setdefault(key[1], key)
    return homes


def _parts(goods: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    return [goods[at : at + _LINES_MOST] for at in range(0, len(goods), _LINES_MOST)]
