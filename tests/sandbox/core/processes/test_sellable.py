"""Sellable stock against a plain model: whatever happens, the promise is what is there less what is owed."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sandbox.core.model.inventory import Movement, SiteStock
from sandbox.core.model.order import Order, OrderLine
from sandbox.core.model.shipment import Shipment
from sandbox.core.processes.sellable import Sellable

SITES = ("BHM", "LDS")
SKU = "A"


def order_of(number: int, quantity: int) -> Order:
    line = OrderLine(1, SKU, quantity, 100)
    return Order(f"W-{number}", number, None, "card", "GBP", {}, (line,), quantity * 100, None)


class SellableMachine(RuleBasedStateMachine):
    """A warehouse that is told of everything at once, and the core's projection beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.sellable = Sellable(0)
        self.there = dict.fromkeys(SITES, 50)
        self.reserved = dict.fromkeys(SITES, 0)
        self.sequence = dict.fromkeys(SITES, 0)
        self.owed: dict[str, Order] = {}
        self.planned: dict[str, tuple[Order, Shipment]] = {}
        self.made: dict[str, Shipment] = {}
        self.numbers = 0
        self.now_us = 0
        self.sellable.load(self.snapshot())

    def snapshot(self) -> list[SiteStock]:
        return [SiteStock(site, SKU, self.there[site], self.reserved[site], self.sequence[site]) for site in SITES]

    @rule(quantity=st.integers(1, 9))
    def accept(self, quantity: int) -> None:
        self.numbers += 1
        order = order_of(self.numbers, quantity)
        self.sellable.expect(order, ())
        self.owed[order.order] = order

    @precondition(lambda self: self.owed)
    @rule(site=st.sampled_from(SITES))
    def plan(self, site: str) -> None:
        self.now_us += 1
        name, order = self.owed.popitem()
        shipment = Shipment(f"{name}-1", site, ((1, SKU, order.lines[0].quantity),))
        self.sellable.hold(shipment, self.now_us)
        self.planned[name] = (order, shipment)

    @precondition(lambda self: self.planned)
    @rule(works=st.booleans())
    def reserve(self, works: bool) -> None:
        self.now_us += 1
        name, (order, shipment) = self.planned.popitem()
        if works:
            self.reserved[shipment.site] += order.lines[0].quantity
            self.sellable.settle(shipment, self.now_us)
            self.made[name] = shipment
        else:
            self.sellable.drop(shipment, self.now_us)
            self.owed[name] = order

    @precondition(lambda self: self.made)
    @rule()
    def ship(self) -> None:
        self.now_us += 1
        _, shipment = self.made.popitem()
        quantity, site = shipment.lines[0][2], shipment.site
        self.there[site] -= quantity
        self.reserved[site] -= quantity
        self.sequence[site] += 1
        self.sellable.move(Movement(site, SKU, -quantity, "ship", self.sequence[site]), self.now_us)

    @rule(site=st.sampled_from(SITES), quantity=st.integers(-3, 5).filter(bool), twice=st.booleans())
    def adjust(self, site: str, quantity: int, twice: bool) -> None:
        self.now_us += 1
        self.there[site] += quantity
        self.sequence[site] += 1
        movement = Movement(site, SKU, quantity, "adjust", self.sequence[site])
        assert self.sellable.move(movement, self.now_us)
        if twice:
            assert not self.sellable.move(movement, self.now_us), "a repetition changes nothing"

    @rule(site=st.sampled_from(SITES), quantity=st.integers(1, 5))
    def lose_a_movement_and_reconcile(self, site: str, quantity: int) -> None:
        self.now_us += 1
        self.there[site] += quantity
        self.sequence[site] += 1
        held_back = any(shipment.site == site for _, shipment in self.planned.values())
        drift = self.sellable.reconcile(self.snapshot(), self.now_us)
        if held_back:
            assert (site, SKU) not in drift, "what is under way there is not overwritten"
            self.there[site] -= quantity
            self.sequence[site] -= 1
        else:
            assert drift == {(site, SKU): quantity}

    @invariant()
    def the_promise_is_what_is_there_less_what_is_owed(self) -> None:
        there = sum(self.there.values()) - sum(self.reserved.values())
        owed = sum(order.lines[0].quantity for order in self.owed.values())
        owed += sum(order.lines[0].quantity for order, _ in self.planned.values())
        assert self.sellable.promise(SKU) == max(0, there - owed)


TestSellable = SellableMachine.TestCase
TestSellable.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
