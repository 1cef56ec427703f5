"""Receivables: customers on account pay what is open on their invoices, some early, most when it is due, some late."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial
from math import log
from typing import TYPE_CHECKING, Final

import simpy

from mock_systems.erp.books import Books, Invoice
from mock_systems.erp.payments import book
from mock_systems.kit.physics import DAY, HOUR, call_after
from mock_systems.kit.turn import Turn

if TYPE_CHECKING:
    from mock_systems.erp.system import Erp

# The bank's statement of a day is there, and booked, the next morning.
_STATEMENT_US: Final = (7 * HOUR, HOUR)  # from midnight: at least, and within
_EARLIEST = 0.5  # of the terms


@dataclass(frozen=True, slots=True)
class PaymentBehaviour:
    """When customers on account pay.

    Shares: `early` and `late` are of orders, `never` of customers. An early payment leaves in the second half of the
    terms, a late one lognormal after the due date with the median `late_days` and `sigma`, all others on the due date.
    The defaults are near to what Dun & Bradstreet's payment studies report: some 60% by the due date, most of the rest
    within 30 days. Raises ValueError for numbers that can't be meant.
    """

    early: float = 0.15
    late: float = 0.4
    late_days: float = 7.0
    sigma: float = 1.0
    never: float = 0.0

    def __post_init__(self) -> None:
        for name in ("early", "late", "never"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1, got {getattr(self, name)}")
        if self.early + self.late > 1:
            raise ValueError(f"early and late are at most all orders together, got {self.early} and {self.late}")
        if self.late_days <= 0 or not 0 <= self.sigma <= 5:
            raise ValueError(f"late_days is above 0 and sigma from 0 to 5, got {self.late_days} and {self.sigma}")


class Receivables:
    """What customers on account owe; each invoice of theirs is paid once, by one event of the clock."""

    def __init__(self, erp: Erp, behaviour: PaymentBehaviour) -> None:
        self._erp = erp
        self._behaviour = behaviour

    def start(self, env: simpy.Environment) -> None:
        """From now on customers hear of their invoices."""
        self._erp.books.owed = partial(self._owed, env)

    def _owed(self, env: simpy.Environment, invoice: Invoice) -> None:
        customer = invoice.order.account.customer
        if customer.payment != "account" or self._never_pays(customer.customer):
            return
        now_us = int(env.now)
        call_after(env, self._paid_us(invoice, customer.terms_days, now_us) - now_us, partial(self._pay, env, invoice))

    def _never_pays(self, customer: str) -> bool:
        never = self._behaviour.never
        return never > 0 and self._erp.streams.fraction("erp.customer-never-pays", customer) < never

    def _paid_us(self, invoice: Invoice, terms_days: int, now_us: int) -> int:
        """When the bank's statement with the payment is booked; the money leaves the day before."""
        # Named by the business order: numbers of the ERP's own depend on who came first, and designs differ in that.
        rng = self._erp.streams.of("erp.customer-payment", invoice.order.external_ref)
        days = int(terms_days + self._days_late(rng, terms_days))
        begins_us, within_us = _STATEMENT_US
        return now_us - now_us % DAY + (days + 1) * DAY + begins_us + int(within_us * rng.random())

    def _days_late(self, rng: random.Random, terms_days: int) -> float:
        behaviour, drawn = self._behaviour, rng.random()
        if drawn < behaviour.early:
            return -terms_days * (1 - _EARLIEST) * rng.random()
        if drawn < behaviour.early + behaviour.late:
            return rng.lognormvariate(log(behaviour.late_days), behaviour.sigma)
        return 0.0

    def _pay(self, env: simpy.Environment, invoice: Invoice) -> None:
        self._erp.act(partial(pay, self._erp.books, invoice), int(env.now), invoice.order.trace)


def pay(books: Books, invoice: Invoice, turn: Turn) -> None:
    """The customer pays what is open, less the order's credit notes; where that is nothing, nothing is booked."""
    order = invoice.order
    open_minor = max(0, invoice.total_minor - invoice.paid_minor)
    set_off_minor = min(open_minor, order.unapplied_minor)
    order.unapplied_minor -= set_off_minor
    if open_minor > set_off_minor:
        number, customer = str(invoice.shown["invoice"]), order.account.customer.customer
        book(books, turn, invoice, open_minor - set_off_minor, reference=number, customer=customer)
