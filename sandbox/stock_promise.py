"""What a shop may promise, followed through the books of both sides: one rule for the oracle and a report's chart."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeVar

Lines = Iterable[Mapping[str, Any]]

HEARD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "commerce stock.published": "published",
        "commerce order.accepted": "accepted",
        "commerce order.edited": "edited",
        "commerce order.cancelled": "cancelled",
        "wms stock.opened": "stocked",
        "wms stock.moved": "stocked",
        "wms reservation.made": "reserved",
        "wms reservation.released": "given_free",
        "wms short_pick.reported": "given_free",
        "wms count.recorded": "count_recorded",
        "wms count.approved": "count_decided",
        "wms count.rejected": "count_decided",
    }
)
"""The method that hears a kind of fact, by `"system kind"`."""


class Happened(Protocol):
    """What is asked of a fact, on its ledger or in a record."""

    @property
    def at_us(self) -> int: ...
    @property
    def entity(self) -> str: ...
    @property
    def order(self) -> str | None: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


F = TypeVar("F", bound=Happened)


class StockPromise(ABC, Generic[F]):
    """Two numbers for each item, in eaches.

    *Told*: the published quantity, less accepted, uncancelled orders beyond its watermark. *True*: stock that is
    neither shipped, reserved nor missed by a counter, less accepted, uncancelled orders that no reservation covers
    yet, less the safety stock. Neither is below zero.
    """

    def __init__(self, safety_stock: int) -> None:
        self._safety_stock = safety_stock
        self._told: dict[str, int] = {}
        self._watermark: dict[str, int] = {}
        self._free: dict[str, int] = {}
        self._uncovered: dict[str, int] = {}
        self._needed: dict[tuple[str, str], int] = {}
        self._cancelled: set[str] = set()
        self._blocked: dict[str, int] = {}

    def of(self, sku: str) -> tuple[int, int]:
        """What is told, and what is true."""
        true = self._free.get(sku, 0) - self._uncovered.get(sku, 0) - self._safety_stock
        return max(0, self._told[sku]), max(0, true)

    @abstractmethod
    def sold(self, order: str) -> tuple[int, Lines] | None:
        """An order's place in the shop's sequence, and its lines before this fact; None: it was not accepted."""

    @abstractmethod
    def changed(self, sku: str, at_us: int) -> None:
        """A number of this item may have changed."""

    def taken(self, fact: F, sku: str, quantity: int) -> None:
        """An order took so much; called before `changed`."""

    def published(self, fact: F) -> None:
        """The shop was told a number."""
        sku = fact.entity
        self._told[sku] = fact.data["available"]
        self._watermark[sku] = fact.data["watermark"]
        self.changed(sku, fact.at_us)

    def accepted(self, fact: F) -> None:
        """An order takes what is told and what is true, until stock is reserved for it."""
        seq = fact.data["seq"]
        for line in fact.data["lines"]:
            sku, quantity = line["sku"], line["quantity"]
            self._sell(sku, seq, quantity)
            self._need(fact.entity, sku, quantity)
            self.taken(fact, sku, quantity)
            self.changed(sku, fact.at_us)

    def edited(self, fact: F) -> None:
        """An order takes more or less than before."""
        order = fact.order or ""
        if (before := self.sold(order)) is None or order in self._cancelled:
            return
        seq, lines = before
        wanted, sold = by_sku(fact.data["lines"]), by_sku(lines)
        for sku in dict.fromkeys((*sold, *wanted)):
            if change := wanted.get(sku, 0) - sold.get(sku, 0):
                self._sell(sku, seq, change)
                self._need(order, sku, change)
                self.changed(sku, fact.at_us)

    def cancelled(self, fact: F) -> None:
        """An order takes nothing any more."""
        order = fact.entity
        if (before := self.sold(order)) is None or order in self._cancelled:
            return
        seq, lines = before
        sold = by_sku(lines)
        for sku in sold:
            self._uncovered[sku] -= max(0, self._needed.get((order, sku), 0))
        self._cancelled.add(order)
        for sku, quantity in sold.items():
            self._sell(sku, seq, -quantity)
            self.changed(sku, fact.at_us)

    def stocked(self, fact: F) -> None:
        """Stock lies there, comes or goes. What is shipped was reserved before, and changes nothing."""
        data = fact.data
        if data.get("reason") != "ship":
            sku = data["sku"]
            self._free[sku] = self._free.get(sku, 0) + data["quantity"]
            self.changed(sku, fact.at_us)

    def reserved(self, fact: F) -> None:
        """Stock is kept for an order."""
        self._keep(fact, 1)

    def given_free(self, fact: F) -> None:
        """Stock is not kept any more.

        What a picker does not find leaves its reservation; the move that takes it off the shelf is told as well.
        """
        self._keep(fact, -1)

    def count_recorded(self, fact: F) -> None:
        """What a counter did not find may not be promised until somebody has decided about the count."""
        data = fact.data
        self._blocked[fact.entity] = missing = max(0, data["book"] - data["counted"])
        self._block(data["sku"], missing, fact.at_us)

    def count_decided(self, fact: F) -> None:
        """It may again, or a move takes it off the book."""
        self._block(fact.data["sku"], -self._blocked.pop(fact.entity, 0), fact.at_us)

    def _block(self, sku: str, quantity: int, at_us: int) -> None:
        if quantity:
            self._free[sku] = self._free.get(sku, 0) - quantity
            self.changed(sku, at_us)

    def _keep(self, fact: F, sign: int) -> None:
        free = self._free
        order = fact.order or ""
        for line in fact.data["lines"]:
            sku, quantity = line["sku"], sign * line["quantity"]
            free[sku] = free.get(sku, 0) - quantity
            self._need(order, sku, -quantity)
            self.changed(sku, fact.at_us)

    def _sell(self, sku: str, seq: int, quantity: int) -> None:
        if seq > self._watermark.get(sku, 0):
            self._told[sku] = self._told.get(sku, 0) - quantity

    def _need(self, order: str, sku: str, quantity: int) -> None:
        key = (order, sku)
        before = self._needed.get(key, 0)
        after = before + quantity
        if after:
            self._needed[key] = after
        else:  # reserved in full, as nearly all are within seconds: a year would keep a key for each line
            self._needed.pop(key, None)
        if order in self._cancelled:
            return
        change = (after if after > 0 else 0) - (before if before > 0 else 0)
        if change:
            self._uncovered[sku] = self._uncovered.get(sku, 0) + change


def by_sku(lines: Lines) -> dict[str, int]:
    """How many of each item some lines hold."""
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line["sku"]] = wanted.get(line["sku"], 0) + line["quantity"]
    return wanted
