"""Sellable stock: what the sites can promise, less what is promised already.

A projection in memory, rebuilt from a warehouse snapshot and the open orders whenever the core starts. The core is
the only one that reserves, so it knows what each reservation leaves; shipping changes nothing here, because on-hand
and reserved fall together. Whatever else moves stock (adjustments, receipts) comes as a movement with a sequence
number; a gap in the sequence, or drift against a snapshot, is put right by reconciliation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

from sandbox.core.model.inventory import Movement, SiteStock
from sandbox.core.model.order import Order, OrderLine
from sandbox.core.model.shipment import Shipment


class Sellable:
    """Available-to-promise by item: sum of the sites' available less accepted orders not yet reserved.

    `dirty` holds the items whose promise may differ from what was published; `changed` is set when one is added.
    `risen` are called with the items of which a site has more than before: goods came in, or were given back.
    `doubted` is set when a snapshot is wanted soon.
    """

    def __init__(self, safety_stock: int) -> None:
        self._safety_stock = safety_stock
        self.available: dict[str, dict[str, int]] = {}
        self.unreserved: dict[str, int] = {}
        self.dirty: dict[str, None] = {}
        self.changed = asyncio.Event()
        self.risen: list[Callable[[Sequence[str]], None]] = []
        self.doubted = asyncio.Event()
        self._sequence: dict[tuple[str, str], int] = {}
        self.loaded = False
        self._held: dict[tuple[str, str], int] = {}
        self._touched_us: dict[tuple[str, str], int] = {}

    def promise(self, sku: str) -> int:
        """Available to promise, never below zero."""
        physical = sum(self.available.get(sku, {}).values())
        return max(0, physical - self.unreserved.get(sku, 0) - self._safety_stock)

    def is_known(self, partitions: int) -> bool:
        """Whether it is known of each of so many partitions what its orders ask for."""
        return True

    def load(self, snapshot: Iterable[SiteStock]) -> None:
        """Begin from a warehouse snapshot, less what is planned and not reserved there yet."""
        self.available.clear()
        for stock in snapshot:
            held = self._held.get((stock.site, stock.sku), 0)
            self.available.setdefault(stock.sku, {})[stock.site] = stock.available - held
            self._sequence[stock.site, stock.sku] = stock.sequence
            self._soil(stock.sku)
        self.loaded = True

    def expect(self, order: Order, shipments: Sequence[Shipment]) -> None:
        """Reckon with an accepted order, of which `shipments` are planned or reserved already."""
        unreserved = self.unreserved
        for line in order.lines:
            unreserved[line.sku] = unreserved.get(line.sku, 0) + line.quantity
            self._soil(line.sku)
        for shipment in shipments:
            if shipment.reservation is None:
                self.hold(shipment, 0)
            else:
                self._cover(shipment)

    def forget(self, order: Order) -> None:
        """An accepted order, of which nothing is planned, will not be served."""
        self.amend(order.order, order.lines, ())

    def amend(self, order: str, before: Iterable[OrderLine], after: Iterable[OrderLine]) -> None:
        """An order's lines are others from now on."""
        for sign, lines in ((-1, before), (1, after)):
            for line in lines:
                self.unreserved[line.sku] = self.unreserved.get(line.sku, 0) + sign * line.quantity
                self._soil(line.sku)

    def reopen(self, order: str, missing: Iterable[tuple[int, str, int]]) -> None:
        """What a shipment was to hold was not found: that share of its order is open again."""
        for _, sku, quantity in missing:
            self.unreserved[sku] = self.unreserved.get(sku, 0) + quantity
            self._soil(sku)

    def hold(self, shipment: Shipment, now_us: int) -> None:
        """A shipment is planned: its site has that much less for the next plan."""
        for _, sku, quantity in shipment.lines:
            key = (shipment.site, sku)
            self._shift(shipment.site, sku, -quantity, now_us)
            self._held[key] = self._held.get(key, 0) + quantity
        self._cover(shipment)

    def settle(self, shipment: Shipment, now_us: int) -> None:
        """The planned shipment is reserved at its site."""
        for _, sku, quantity in shipment.lines:
            self._land(shipment.site, sku, quantity, now_us)

    def drop(self, shipment: Shipment, now_us: int, *, was_reserved: bool = False) -> None:
        """The shipment will not be made: its stock and its share of the order are open again."""
        for _, sku, quantity in shipment.lines:
            self._shift(shipment.site, sku, quantity, now_us)
            self.unreserved[sku] = self.unreserved.get(sku, 0) + quantity
            if not was_reserved:
                self._land(shipment.site, sku, quantity, now_us)
            self._soil(sku)
        self._tell_risen([sku for _, sku, _ in shipment.lines])

    def doubt(self, shipment: Shipment) -> None:
        """A reserved shipment will not be made, and whether the stock at hand counts it as free already is not known.

        Its share of the order is open again; its stock is not sold before a snapshot has told.
        """
        for _, sku, quantity in shipment.lines:
            self.unreserved[sku] = self.unreserved.get(sku, 0) + quantity
            self._soil(sku)
        self.doubted.set()

    def correct(self, site: str, sku: str, available: int, now_us: int) -> None:
        """A site said, refusing a reservation, how much it has; holds still in flight are not counted there."""
        self.available.setdefault(sku, {})[site] = min(available, self.available.get(sku, {}).get(site, 0))
        self._touched_us[site, sku] = now_us
        self._soil(sku)

    def block(self, site: str, sku: str, quantity: int, now_us: int) -> None:
        """A count misses so many: nobody may promise them any more. A negative quantity gives them free again."""
        self._shift(site, sku, -quantity, now_us)
        self._soil(sku)
        if quantity < 0:
            self._tell_risen((sku,))

    def move(self, movement: Movement, now_us: int) -> bool:
        """Take in a movement; False where it is late or a repetition. What a gap before it held, a snapshot tells."""
        key = (movement.site, movement.sku)
        known = self._sequence.get(key, 0)
        if movement.sequence <= known:
            return False
        self._sequence[key] = movement.sequence
        difference = movement.quantity + movement.freed
        if movement.reason != "ship" and difference:
            self._shift(movement.site, movement.sku, difference, now_us)
            self._soil(movement.sku)
            if movement.quantity > 0:
                self._tell_risen((movement.sku,))
        return True

    def overwrite(self, site: str, sku: str, available: int) -> None:
        """Take a figure as it comes, however old it is: what a core without versions does."""
        self.available.setdefault(sku, {})[site] = available
        self._soil(sku)

    def reconcile(self, snapshot: Iterable[SiteStock], asked_us: int) -> Mapping[tuple[str, str], int]:
        """Adopt a snapshot asked for at `asked_us`, save where we changed stock meanwhile; site and sku -> drift."""
        drift: dict[tuple[str, str], int] = {}
        for stock in snapshot:
            key, available = (stock.site, stock.sku), stock.available
            sites = self.available.setdefault(stock.sku, {})
            known = sites.get(stock.site, 0)
            if known == available and self._sequence.get(key, -1) >= stock.sequence:
                continue  # nearly all of a snapshot, each time: it tells nothing new, whoever holds some of it
            if self._held.get(key) or self._touched_us.get(key, 0) >= asked_us:
                continue
            difference = available - known
            if difference:
                drift[key] = difference
                sites[stock.site] = available
                self._soil(stock.sku)
            self._sequence[key] = max(stock.sequence, self._sequence.get(key, 0))
        self._tell_risen([sku for (_, sku), difference in drift.items() if difference > 0])
        return drift

    def soil(self, skus: Iterable[str]) -> None:
        """These items have to be published, again or for the first time."""
        for sku in skus:
            self._soil(sku)

    def _tell_risen(self, skus: Sequence[str]) -> None:
        if skus:
            for listener in self.risen:
                listener(skus)

    def _soil(self, sku: str) -> None:
        self.dirty[sku] = None
        self.changed.set()

    def _shift(self, site: str, sku: str, quantity: int, now_us: int) -> None:
        sites = self.available.setdefault(sku, {})
        sites[site] = sites.get(site, 0) + quantity
        self._touched_us[site, sku] = now_us

    def _cover(self, shipment: Shipment) -> None:
        for _, sku, quantity in shipment.lines:
            self.unreserved[sku] = self.unreserved.get(sku, 0) - quantity

    def _land(self, site: str, sku: str, quantity: int, now_us: int) -> None:
        self._held[site, sku] -= quantity
        self._touched_us[site, sku] = now_us
