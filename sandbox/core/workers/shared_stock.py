"""Sellable stock of which several workers each know all: each tells the others what its own orders change.

What orders ask for is kept by partition, so that whoever takes a partition over can say anew what its orders ask for.
Availability is each worker's own projection: the others' holds and releases, the warehouse's movements, and its own
comparison with the warehouse's snapshots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.core.model.order import Order, OrderLine
from sandbox.core.model.shipment import Shipment
from sandbox.core.ports import Clock, Row
from sandbox.core.processes.sellable import Sellable
from sandbox.core.processes.sourcing import saga_of_reference

_MARK = "|"


@dataclass(slots=True)
class Share:
    """What the orders of one partition ask for: eaches by item that no shipment has, and held by site and item."""

    unreserved: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)

    def reckon(self, order: Order, shipments: Sequence[Shipment]) -> None:
        """Reckon with an order, of which `shipments` are planned or reserved."""
        for line in order.lines:
            _add(self.unreserved, line.sku, line.quantity)
        for shipment in shipments:
            places, items = _sums(shipment)
            for sku, quantity in items.items():
                _add(self.unreserved, sku, -quantity)
            if shipment.reservation is None:
                for place, quantity in places.items():
                    _add(self.held, place, quantity)


class SharedStock(Sellable):
    """`partition_of` gives an order's partition; `tell` tells the others what `hear` takes. `own` names this worker.

    Of a partition only that worker is heard who said last what all its orders ask for.
    """

    def __init__(
        self,
        safety_stock: int,
        own: str,
        clock: Clock,
        partition_of: Callable[[str], int],
        tell: Callable[[Row], None],
    ) -> None:
        super().__init__(safety_stock)
        self.shares: dict[int, Share] = {}
        self._own = own
        self._tellers: dict[int, str] = {}
        self._clock = clock
        self._partition_of = partition_of
        self._tell = tell

    def expect(self, order: Order, shipments: Sequence[Shipment]) -> None:
        """Reckon with a new order, of which nothing is planned yet."""
        assert not shipments, "what was planned before is taken up partition by partition"
        self.amend(order.order, (), order.lines)

    def amend(self, order: str, before: Iterable[OrderLine], after: Iterable[OrderLine]) -> None:
        """An order's lines are others from now on."""
        changes: dict[str, int] = {}
        for sign, lines in ((-1, before), (1, after)):
            for line in lines:
                changes[line.sku] = changes.get(line.sku, 0) + sign * line.quantity
        self._change(order, changes)

    def reopen(self, order: str, missing: Iterable[tuple[int, str, int]]) -> None:
        """What a shipment was to hold was not found: that share of its order is open again."""
        changes: dict[str, int] = {}
        for _, sku, quantity in missing:
            changes[sku] = changes.get(sku, 0) + quantity
        self._change(order, changes)

    def hold(self, shipment: Shipment, now_us: int) -> None:
        """A shipment is planned: its site has that much less for the next plan."""
        places, items = _sums(shipment)
        self._change(saga_of_reference(shipment.reference), _times(-1, items), _times(-1, places), places)

    def settle(self, shipment: Shipment, now_us: int) -> None:
        """The planned shipment is reserved at its site."""
        places, _ = _sums(shipment)
        self._change(saga_of_reference(shipment.reference), {}, {}, _times(-1, places))

    def drop(self, shipment: Shipment, now_us: int, *, was_reserved: bool = False) -> None:
        """The shipment will not be made: its stock and its share of the order are open again."""
        places, items = _sums(shipment)
        self._change(saga_of_reference(shipment.reference), items, places, {} if was_reserved else _times(-1, places))
        self._tell_risen(list(items))

    def doubt(self, shipment: Shipment) -> None:
        """A reserved shipment will not be made, and whether its stock is counted as free already is not known."""
        _, items = _sums(shipment)
        self._change(saga_of_reference(shipment.reference), items, doubted=True)

    def block(self, site: str, sku: str, quantity: int, now_us: int) -> None:
        """A count misses so many: nobody may promise them any more. A negative quantity gives them free again."""
        self._change(None, {}, {f"{site}{_MARK}{sku}": -quantity})
        if quantity < 0:
            self._tell_risen((sku,))

    def is_known(self, partitions: int) -> bool:
        """Whether it is known of each of so many partitions what its orders ask for."""
        return all(partition in self._tellers for partition in range(partitions))

    def hear(self, told: Row) -> None:
        """Another worker's change, or what all orders of its partitions ask for."""
        if "shares" in told:
            for partition, (unreserved, held) in told["shares"].items():
                self._assume(int(partition), Share(dict(unreserved), dict(held)), told["teller"])
            return
        change: Row = told["change"]
        partition = change["partition"]
        if partition is not None and self._tellers.get(partition) != told["teller"]:
            return  # said by one who had it before, and is counted in what the new one has said
        self._apply(change)
        risen = [place.partition(_MARK)[2] for place, quantity in change["available"].items() if quantity > 0]
        self._tell_risen(risen)

    def assume(self, shares: Mapping[int, Share]) -> None:
        """This is what the orders of partitions that are ours now ask for, whatever was known before."""
        for partition, share in shares.items():
            self._assume(partition, share, self._own)
        self._tell(self.whole(shares))

    def whole(self, partitions: Iterable[int]) -> Row:
        """What the orders of these partitions, all of them ours, ask for."""
        shares = ((partition, self.shares.get(partition, Share())) for partition in partitions)
        told = {str(partition): [dict(share.unreserved), dict(share.held)] for partition, share in shares}
        return {"teller": self._own, "shares": told}

    def _assume(self, partition: int, share: Share, teller: str) -> None:
        """What is no longer held is taken for reserved: a snapshot, asked for soon, gives free what is not."""
        self._tellers[partition] = teller
        before = self.shares.get(partition, Share())
        held = _difference(share.held, before.held)
        taken = {place: -quantity for place, quantity in held.items() if quantity > 0}
        unreserved = _difference(share.unreserved, before.unreserved)
        self._apply(_change_of(partition, unreserved, taken, held, doubted=True))
        self.shares[partition] = share

    def _change(
        self,
        order: str | None,
        unreserved: dict[str, int],
        available: dict[str, int] | None = None,
        held: dict[str, int] | None = None,
        *,
        doubted: bool = False,
    ) -> None:
        partition = None if order is None else self._partition_of(order)
        change = _change_of(partition, unreserved, available or {}, held or {}, doubted=doubted)
        self._apply(change)
        self._tell({"teller": self._own, "change": change})

    def _apply(self, change: Row) -> None:
        partition, now_us = change["partition"], self._clock.now_us()
        share = Share() if partition is None else self.shares.setdefault(partition, Share())
        for sku, quantity in change["unreserved"].items():
            self.unreserved[sku] = self.unreserved.get(sku, 0) + quantity
            _add(share.unreserved, sku, quantity)
            self._soil(sku)
        for place, quantity in change["available"].items():
            site, _, sku = place.partition(_MARK)
            self._shift(site, sku, quantity, now_us)
            self._soil(sku)
        for place, quantity in change["held"].items():
            site, _, sku = place.partition(_MARK)
            _add(share.held, place, quantity)
            self._held[site, sku] = self._held.get((site, sku), 0) + quantity
            self._touched_us[site, sku] = now_us
        if change["doubted"]:
            self.doubted.set()


def _change_of(
    partition: int | None,
    unreserved: dict[str, int],
    available: dict[str, int],
    held: dict[str, int],
    *,
    doubted: bool,
) -> Row:
    return {
        "partition": partition,
        "unreserved": unreserved,
        "available": available,
        "held": held,
        "doubted": doubted,
    }


def _sums(shipment: Shipment) -> tuple[dict[str, int], dict[str, int]]:
    """Eaches by place and by item."""
    items: dict[str, int] = {}
    for _, sku, quantity in shipment.lines:
        items[sku] = items.get(sku, 0) + quantity
    return {f"{shipment.site}{_MARK}{sku}": quantity for sku, quantity in items.items()}, items


def _times(sign: int, quantities: Mapping[str, int]) -> dict[str, int]:
    return {key: sign * quantity for key, quantity in quantities.items()}


def _difference(after: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    changes = {key: after.get(key, 0) - before.get(key, 0) for key in {**before, **after}}
    return {key: quantity for key, quantity in changes.items() if quantity}


def _add(sums: dict[str, int], key: str, quantity: int) -> None:
    total = sums.get(key, 0) + quantity
    if total:
        sums[key] = total
    else:
        sums.pop(key, None)
