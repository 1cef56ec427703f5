"""Several workers' stock: each knows all, however late it hears of it, and partitions may change hands."""

from __future__ import annotations

from collections import deque
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.model.inventory import SiteStock
from sandbox.core.model.order import Order, OrderLine
from sandbox.core.model.shipment import Shipment
from sandbox.core.ports import Row
from sandbox.core.workers.shared_stock import Share, SharedStock

PARTITIONS = 4
SKUS = ("A", "B")
OPENING = 100


class Time:
    def now_us(self) -> int:
        return 1


def partition_of(order: str) -> int:
    return crc32(order.encode()) % PARTITIONS


def order_of(number: int, quantity: int) -> Order:
    line = OrderLine(line=1, sku=SKUS[number % 2], quantity=quantity, price_minor=100)
    return Order(f"W-{number}", number, None, "card", "GBP", {}, (line,), 100 * quantity, None)


class Crew:
    """Workers whose notes to each other are under way until somebody hears them, in order."""

    def __init__(self, names: tuple[str, ...] = ("one", "two")) -> None:
        self.under_way: dict[tuple[str, str], deque[Row]] = {(a, b): deque() for a in names for b in names if a != b}
        self.workers = {name: self._worker(name) for name in names}
        for stock in self.workers.values():
            stock.load([SiteStock("S", sku, OPENING, 0, 0) for sku in SKUS])
        self.owner = {partition: names[partition % len(names)] for partition in range(PARTITIONS)}
        for name, stock in self.workers.items():
            stock.assume({partition: Share() for partition, owner in self.owner.items() if owner == name})
        self.hear_all()

    def _worker(self, name: str) -> SharedStock:
        def tell(note: Row) -> None:
            for (sender, _), notes in self.under_way.items():
                if sender == name:
                    notes.append(note)

        return SharedStock(0, name, Time(), partition_of, tell)

    def of(self, order: str) -> SharedStock:
        return self.workers[self.owner[partition_of(order)]]

    def hear(self, turn: int) -> None:
        """One note that is under way is heard, if there is one."""
        full = [(way, notes) for way, notes in self.under_way.items() if notes]
        if full:
            (_, hearer), notes = full[turn % len(full)]
            self.workers[hearer].hear(notes.popleft())

    def hear_all(self) -> None:
        while any(self.under_way.values()):
            self.hear(0)


def shipment_of(order: Order) -> Shipment:
    line = order.lines[0]
    return Shipment(f"{order.order}-1", "S", ((1, line.sku, line.quantity),))


STEPS = st.lists(st.tuples(st.integers(0, 11), st.integers(1, 5), st.integers(0, 7)), min_size=1, max_size=60)


@given(STEPS)
@settings(max_examples=150)
def test_all_know_the_same_in_the_end_and_it_is_what_one_worker_would_know(steps: list[tuple[int, int, int]]) -> None:
    crew, alone = Crew(), Crew(("one",)).workers["one"]
    orders: dict[int, tuple[Order, Shipment]] = {}
    done: dict[int, int] = {}
    for number, quantity, turn in steps:
        new = order_of(number, quantity)
        order, shipment = orders.setdefault(number, (new, shipment_of(new)))
        stage = done[number] = done.get(number, 0) + 1
        for stock in (crew.of(order.order), alone):
            if stage == 1:
                stock.expect(order, ())
            elif stage == 2:
                stock.hold(shipment, 1)
            elif stage == 3:
                stock.settle(shipment, 1)
            elif stage == 4:
                stock.drop(shipment, 1, was_reserved=True)
            elif stage == 5:
                stock.forget(order)
        for _ in range(turn):
            crew.hear(turn)
    crew.hear_all()
    for stock in crew.workers.values():
        for sku in SKUS:
            assert stock.available[sku] == alone.available[sku]
            assert stock.unreserved.get(sku, 0) == alone.unreserved.get(sku, 0)
            assert stock.promise(sku) == alone.promise(sku)


@given(STEPS, st.integers(0, 12))
@settings(max_examples=150)
def test_nothing_is_counted_twice_when_a_partition_changes_hands(steps: list[tuple[int, int, int]], late: int) -> None:
    """The new worker says what its orders ask for before the last notes of the old one are heard, or after."""
    crew = Crew()
    asked: dict[int, Order] = {}
    for number, quantity, _ in steps:
        if number not in asked:
            asked[number] = order_of(number, quantity)
            crew.of(asked[number].order).expect(asked[number], ())
    share = Share()
    for order in asked.values():
        if partition_of(order.order) == 0:
            share.reckon(order, ())
    for _ in range(late):
        crew.hear(late)
    crew.owner[0] = "two"
    crew.workers["two"].assume({0: share})
    for turn in range(200):
        crew.hear(turn)
    for sku in SKUS:
        wanted = sum(line.quantity for order in asked.values() for line in order.lines if line.sku == sku)
        assert [stock.unreserved.get(sku, 0) for stock in crew.workers.values()] == [wanted, wanted]


def test_what_is_not_known_to_be_held_any_more_is_not_sold_before_a_snapshot_tells() -> None:
    crew = Crew()
    order = order_of(0, 3)
    home, shipment = partition_of(order.order), shipment_of(order)
    owner = crew.of(order.order)
    owner.expect(order, ())
    owner.hold(shipment, 1)
    crew.hear_all()
    heir = crew.workers["two" if owner is crew.workers["one"] else "one"]
    heir.doubted.clear()
    shipment.reservation = "RES-1"
    share = Share()
    share.reckon(order, [shipment])
    heir.assume({home: share})
    assert heir.available["A"] == {"S": OPENING - 3}
    assert heir.promise("A") == OPENING - 3
    assert heir.doubted.is_set()
