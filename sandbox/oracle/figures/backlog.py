"""Backlog: what waits where, sampled every five virtual minutes, or every hour of a long run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import Watcher, on
from sandbox.oracle.figures.exceptions import ExceptionFigures
from sandbox.oracle.figures.figure import HOUR_US, MINUTE_US, Series
from sandbox.oracle.figures.money import MoneyFigures
from sandbox.oracle.figures.orders import OrderFigures
from sandbox.oracle.invariants.stock_convergence import StockConvergence

EVERY_US: Final = 5 * MINUTE_US
# Nobody sees more on a chart of a year.
LONG_RUN_US: Final = 62 * 24 * HOUR_US


def sampled_every_us(span_us: int) -> int:
    """How often a run of this length is looked at: every five minutes, or every hour where it takes over two months."""
    return EVERY_US if span_us <= LONG_RUN_US else HOUR_US


class Floor(Watcher):
    """What lies on the floors of the warehouses."""

    def __init__(self) -> None:
        self.parcels: set[str] = set()

    @on("wms outbound.received")
    def _receive(self, fact: Fact) -> None:
        self.parcels.add(fact.entity)

    @on("wms outbound.shipped", "wms outbound.cancelled")
    def _leave(self, fact: Fact) -> None:
        self.parcels.discard(fact.entity)


class Backlog:
    """Takes the samples, at full multiples of `every_us` from the first fact on."""

    def __init__(
        self,
        orders: OrderFigures,
        money: MoneyFigures,
        exceptions: ExceptionFigures,
        floor: Floor,
        stock: StockConvergence | None,
        every_us: int = EVERY_US,
    ) -> None:
        self._every_us = every_us
        self._next_us = 0
        self._orders = orders
        self._accepted_before = 0
        self._at_us: list[int] = []
        self._columns: list[tuple[str, str, str, Callable[[], float], list[float]]] = []
        self._add("orders per hour", "orders/h", "accepted since the look before, as an hourly rate", self._rate)
        self._add("open orders", "orders", "accepted, not yet wholly shipped", lambda: len(orders.open))
        self._add(
            "parcels on the floor", "parcels", "released to a warehouse, not yet left", lambda: len(floor.parcels)
        )
        self._add("to invoice", "shipments", "shipped, not yet invoiced", lambda: money.to_invoice)
        self._add("to capture", "minor units", "invoiced on card orders, not yet captured", lambda: money.to_capture)
        self._add("open exceptions", "exceptions", "open at the operations desk", lambda: len(exceptions.open))
        if stock is not None:
            self._add(
                "published stock", "units", "what the channel sells, all items", lambda: stock.promise.totals()[0]
            )
            self._add("true stock", "units", "what can be promised, all items", lambda: stock.promise.totals()[1])
            self._add("items apart", "items", "whose published stock is not the true one", lambda: stock.items_apart)

    def fire(self, now_us: int) -> int:
        """Take all samples that were due before `now_us`: nothing has changed since the last fact."""
        if not self._next_us:
            self._next_us = now_us + -now_us % self._every_us
        while self._next_us < now_us:
            self._at_us.append(self._next_us)
            for _, _, _, read, column in self._columns:
                column.append(read())
            self._next_us += self._every_us
        return self._next_us

    def series(self) -> list[Series]:
        """All series so far."""
        return [
            Series(name, unit, about, tuple(zip(self._at_us, column, strict=True)))
            for name, unit, about, _, column in self._columns
        ]

    def _add(self, name: str, unit: str, about: str, read: Callable[[], float]) -> None:
        self._columns.append((name, unit, about, read, []))

    def _rate(self) -> float:
        accepted, self._accepted_before = self._orders.accepted - self._accepted_before, self._orders.accepted
        return accepted * HOUR_US / self._every_us
