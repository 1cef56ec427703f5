"""Buyers: they look into receipts that a purchase order doesn't cover, and amend the order to what came."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import simpy

from mock_systems.erp.books import Books
from mock_systems.erp.purchasing import PurchaseOrder
from mock_systems.erp.purchasing_wire import PurchaseLine
from mock_systems.kit.office import Office
from mock_systems.kit.physics import JobQueue, Process
from mock_systems.kit.turn import Turn

if TYPE_CHECKING:
    from mock_systems.erp.system import Erp

_OFFICE: Final = Office(people=2, minutes=45.0)  # for some twenty purchase orders a day


class Buyers:
    """A few buyers take the refused receipts in turn, in office hours."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._waiting: dict[str, None] = {}

    def start(self, env: simpy.Environment) -> None:
        """Come to work; from now on they hear of refused receipts."""
        jobs: JobQueue[PurchaseOrder] = JobQueue(env)
        for _ in range(_OFFICE.people):
            env.process(self._work(env, jobs))
        self._erp.books.purchasing.ask_buyer = partial(self._ask, jobs)

    def _ask(self, jobs: JobQueue[PurchaseOrder], order: PurchaseOrder) -> None:
        if order.purchase_order not in self._waiting:
            self._waiting[order.purchase_order] = None
            jobs.put(order)

    def _work(self, env: simpy.Environment, jobs: JobQueue[PurchaseOrder]) -> Process:
        while True:
            order: PurchaseOrder = yield jobs.get()
            if closed_us := _OFFICE.hours.until_open_us(int(env.now)):
                yield env.timeout(closed_us)
            rng = self._erp.streams.of("buyer", order.purchase_order)
            yield env.timeout(_OFFICE.review_us(rng))
            del self._waiting[order.purchase_order]
            self._erp.act(partial(amend, self._erp.books, order), int(env.now), order.trace)


def amend(books: Books, order: PurchaseOrder, turn: Turn) -> None:
    """Raise the order to what came, and open it again. What was given up when it was closed stays given up."""

    def agreed(line: PurchaseLine) -> int:
        bought = line["quantity"] if order.status == "open" else order.received.get(line["line"], 0)
        return max(bought, order.claimed.get(line["line"], 0))

    def act() -> None:
        order.lines = [{**line, "quantity": agreed(line)} for line in order.lines]
        order.status = "open"

    books.purchasing.change(order, act)
    turn.fact("purchase_order.changed", order.purchase_order, None, {"site": order.site, "lines": order.lines})
    turn.notify("purchase_order.changed", order.purchase_order, None, order.view())
