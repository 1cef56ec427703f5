"""Customers: terms, credit limit, and how much of it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_systems.kit.opening import Customer
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

if TYPE_CHECKING:
    from mock_systems.erp.books import Books

CASH_CUSTOMER = Customer("C-CASH", "Cash sales", "GB", "card", terms_days=0, credit_limit_minor=0)


@dataclass(slots=True)
class Account:
    """A customer's account. `open_minor` is ordered and not invoiced yet, `unpaid_minor` invoiced and not paid yet."""

    customer: Customer
    blocked: bool = False
    open_minor: int = 0
    unpaid_minor: int = 0

    @property
    def exposure_minor(self) -> int:
        """What the company stands to lose on this customer. An order on hold is no exposure: no credit is given yet."""
        return self.open_minor + self.unpaid_minor

    def over_minor(self, more_minor: int) -> int:
        """By how much `more_minor` would pass the credit limit; 0 or less where it fits, or where no credit is used."""
        customer = self.customer
        if customer.payment != "account":
            return 0
        return self.open_minor + self.unpaid_minor + more_minor - customer.credit_limit_minor


def get_customer(books: Books, turn: Turn) -> Reply:
    """Operation getCustomer."""
    number = turn.params["customer"]
    account = books.accounts.get(number)
    if account is None:
        raise Refusal(404, "unknown-customer", f"no customer {number}", customer=number)
    return Reply(200, shown(account))


def shown(account: Account) -> dict[str, Any]:
    """An account as the API shows it."""
    customer = account.customer
    return {
        "customer": customer.customer,
        "name": customer.name,
        "country": customer.country,
        "payment": customer.payment,
        "terms_days": customer.terms_days,
        "credit_limit_minor": customer.credit_limit_minor,
        "exposure_minor": account.exposure_minor,
        "blocked": account.blocked,
    }
