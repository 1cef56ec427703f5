"""The credit desk: clerks who release or reject the sales orders on hold, one after another, in office hours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import simpy

from mock_systems.erp.books import ON_HOLD, OPEN, REJECTED, Books, SalesOrder
from mock_systems.erp.sales_orders import shown
from mock_systems.kit.office import Office
from mock_systems.kit.physics import JobQueue, Process
from mock_systems.kit.turn import Turn

if TYPE_CHECKING:
    from mock_systems.erp.system import Erp

_OFFICE: Final = Office(people=2, minutes=20.0)


@dataclass(frozen=True, slots=True)
class CreditDeskConfig:
    """Who works at the desk and how.

    `tolerance_percent` of the credit limit may be passed at a clerk's discretion. Raises ValueError for one that can't
    be meant.
    """

    office: Office = _OFFICE
    tolerance_percent: int = 25

    def __post_init__(self) -> None:
        if self.tolerance_percent < 0:
            raise ValueError(f"tolerance_percent is 0 or more, got {self.tolerance_percent}")


class CreditDesk:
    """Held sales orders wait here for a clerk, oldest first."""

    def __init__(self, erp: Erp, config: CreditDeskConfig) -> None:
        self._erp = erp
        self._config = config
        self._waiting: JobQueue[SalesOrder] | None = None

    def __len__(self) -> int:
        """How many orders no clerk has taken up yet."""
        return len(self._waiting) if self._waiting is not None else 0

    def start(self, env: simpy.Environment) -> None:
        """Open the desk; from now on it hears of held orders."""
        self._waiting = JobQueue(env)
        self._erp.books.review = self._waiting.put
        for number in range(1, self._config.office.people + 1):
            env.process(self._clerk(env, self._waiting, f"clerk-{number}"))

    def _clerk(self, env: simpy.Environment, waiting: JobQueue[SalesOrder], name: str) -> Process:
        hours = self._config.office.hours
        while True:
            order = yield waiting.get()
            if closed_us := hours.until_open_us(int(env.now)):
                yield env.timeout(closed_us)
            if order.status != ON_HOLD:
                continue  # cancelled while it lay on the desk
            yield env.timeout(self._review_us(order))
            self._erp.act(partial(self._decide, order, name), int(env.now), order.trace)

    def _review_us(self, order: SalesOrder) -> int:
        # Named by the business order: numbers of the ERP's own depend on who came first, and designs differ in that.
        rng = self._erp.streams.of("erp.credit-review", order.external_ref)
        return self._config.office.review_us(rng)

    def _decide(self, order: SalesOrder, clerk: str, turn: Turn) -> None:
        if order.status == ON_HOLD:
            review(self._erp.books, turn, order, clerk, self._config.tolerance_percent)


def review(books: Books, turn: Turn, order: SalesOrder, clerk: str, tolerance_percent: int) -> None:
    """Release the order if it fits by now, or passes the limit by no more than the tolerance; else reject it."""
    account = order.account
    over_minor = account.over_minor(order.in_base(order.total_minor))
    fits = over_minor * 100 <= account.customer.credit_limit_minor * tolerance_percent
    number, reference = order.sales_order, order.external_ref
    order.changed_at_us = turn.now_us
    if (over_minor <= 0 or fits) and not account.blocked:
        order.move_to(OPEN)
        turn.fact("sales_order.released", number, reference, {"by": clerk})
        turn.notify("sales_order.released", number, reference, shown(order))
    else:
        reason = order.hold_reason
        order.move_to(REJECTED, reason)
        turn.fact("sales_order.rejected", number, reference, {"reason": reason})
        turn.notify("sales_order.rejected", number, reference, shown(order))
