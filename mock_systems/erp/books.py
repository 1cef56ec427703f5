"""The ERP's books: everything it knows, and the sales orders at their centre."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_systems.erp.customers import CASH_CUSTOMER, Account
from mock_systems.erp.general_ledger import INVENTORY, OPENING_EQUITY, GeneralLedger
from mock_systems.erp.master_data import Versions
from mock_systems.erp.prices import Price, PriceList
from mock_systems.erp.purchasing import Purchasing
from mock_systems.erp.registers import Register
from mock_systems.erp.stock import FinancialStock
from mock_systems.kit import fields
from mock_systems.kit.money import Currencies, PricedLine, TaxTable
from mock_systems.kit.opening import Opening
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal

OPEN, ON_HOLD, REJECTED, CANCELLED = "open", "on_hold", "rejected", "cancelled"
SHIPPED, INVOICED = "shipped", "invoiced"
CLOSED = (REJECTED, CANCELLED)
VARIANCE_LIMIT_MINOR = 50_000


@dataclass(slots=True)
class SalesOrder:
    """A sales order, in its own currency; `in_base` converts an amount of it. `trace` is that of its creation.

    `issued`, `invoiced` and `returned` count eaches by line number, `billed` is the net and the tax that were invoiced
    of a line, `credited` the eaches, the net and the tax that were given back.

    `revision` is that of its latest change, as the caller numbers them; 0 before the first. `changed_at_us` is when
    anything about it changed last, its status included.
    `exposed_minor` is the part of it that its account's `open_minor` holds at present, in the base currency.
    `unapplied_minor` was credited, and neither refunded nor set off against an invoice yet.
    """

    sales_order: str
    external_ref: str
    account: Account
    currency: str
    ship_to: fields.ShipTo
    in_base: Callable[[int], int]
    lines: Sequence[PricedLine]
    total_minor: int
    status: str
    hold_reason: str | None
    trace: str | None
    by_line: Mapping[int, PricedLine]
    created_at_us: int
    changed_at_us: int
    issued: dict[int, int] = field(default_factory=dict)
    invoiced: dict[int, int] = field(default_factory=dict)
    billed: dict[int, tuple[int, int]] = field(default_factory=dict)
    returned: dict[int, int] = field(default_factory=dict)
    credited: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    invoiced_minor: int = 0
    exposed_minor: int = 0
    unapplied_minor: int = 0
    revision: int = 0

    def move_to(self, status: str, hold_reason: str | None = None) -> None:
        """Change the status, and the account's exposure with it."""
        self.status, self.hold_reason = status, hold_reason
        self.expose()

    def expose(self) -> None:
        """Bring the account's open part in line with this order: its total as far as it isn't invoiced."""
        granted = self.status in (OPEN, SHIPPED, INVOICED)
        exposed_minor = self.in_base(max(0, self.total_minor - self.invoiced_minor)) if granted else 0
        self.account.open_minor += exposed_minor - self.exposed_minor
        self.exposed_minor = exposed_minor

    def credit(self, line: int, quantity: int, net_minor: int, tax_minor: int) -> None:
        """Note what is given back of a line."""
        done, net, tax = self.credited.get(line, (0, 0, 0))
        self.credited[line] = done + quantity, net + net_minor, tax + tax_minor

    def is_complete(self, done: Mapping[int, int]) -> bool:
        """Whether `done` (`issued` or `invoiced`) covers the whole order."""
        return all(done.get(line["line"], 0) >= line["quantity"] for line in self.lines)


@dataclass(slots=True)
class Invoice:
    """A posted invoice with what was paid on it; `shown` is the document as the API shows it, and never changes.

    Amounts are in its order's currency.
    """

    order: SalesOrder
    total_minor: int
    shown: Mapping[str, Any]
    paid_minor: int = 0

    def pay(self, amount_minor: int) -> None:
        """Book a payment. What is paid too much is no credit towards other invoices."""
        unpaid_minor = max(0, self.total_minor - self.paid_minor)
        self.paid_minor += amount_minor
        still_minor = max(0, self.total_minor - self.paid_minor)
        order = self.order
        order.account.unpaid_minor += order.in_base(still_minor) - order.in_base(unpaid_minor)


@dataclass(frozen=True, slots=True)
class CreditNote:
    """A posted credit note; `shown` is the document as the API shows it, and never changes."""

    order: SalesOrder
    total_minor: int
    shown: Mapping[str, Any]


class Books:
    """All that the ERP has on record.

    `review` hears of each sales order that waits for the credit desk, `owed` of each invoice that was posted.

    A count's difference above `variance_limit_minor` is posted only when somebody answers for it.
    """

    def __init__(self, opening: Opening, prices: Iterable[Price] = (), blocked: Iterable[str] = ()) -> None:
        self.currency = opening.currency
        self.currencies = Currencies(opening.currency, opening.exchange_rates)
        self.taxes = TaxTable(opening.tax_rates)
        self.items = {item.sku: item for item in opening.items}
        self.versions = Versions()
        customers = {CASH_CUSTOMER.customer: CASH_CUSTOMER, **{c.customer: c for c in opening.customers}}
        self.accounts = {number: Account(customer) for number, customer in customers.items()}
        for number in blocked:
            if number not in self.accounts:
                raise ValueError(f"blocked customer {number!r} is not among the customers")
            self.accounts[number].blocked = True
        self.prices = PriceList(self.items, prices)
        self.stock = FinancialStock(opening)
        self.gl = GeneralLedger(opening.currency)
        self.sales_orders: Register[SalesOrder] = Register("SO")
        self.goods_issues: Register[dict[str, Any]] = Register("GI")
        self.invoices: Register[Invoice] = Register("INV")
        self.payments: Register[dict[str, Any]] = Register("PAY")
        self.purchasing = Purchasing()
        self.goods_receipts: Register[dict[str, Any]] = Register("GR")
        self.stock_adjustments: Register[dict[str, Any]] = Register("SA")
        self.variance_limit_minor = VARIANCE_LIMIT_MINOR
        self.goods_returns: Register[dict[str, Any]] = Register("GRT")
        self.credit_notes: Register[CreditNote] = Register("CN")
        self.refund_postings: Register[dict[str, Any]] = Register("RP")
        self.review: Callable[[SalesOrder], None] = _nobody_hears
        self.owed: Callable[[Invoice], None] = _nobody_hears

    def account_for_booking(self, customer: str | None) -> Account:
        """The account that a document is booked on; None means the cash customer."""
        account = self.accounts.get(CASH_CUSTOMER.customer if customer is None else customer)
        if account is None:
            raise Refusal(422, "unknown-customer", f"no customer {customer}", customer=customer)
        return account

    def open(self, turn: Turn) -> None:
        """Write the opening balances into the ledger: customers, items, stock, and what that stock is worth."""
        for account in self.accounts.values():
            c = account.customer
            data = {"payment": c.payment, "terms_days": c.terms_days, "credit_limit_minor": c.credit_limit_minor}
            turn.fact("customer.opened", c.customer, None, data)
        for i in self.items.values():
            prices = {"cost_minor": i.cost_minor, "price_minor": i.price_minor, "floor_minor": i.floor_minor}
            turn.fact("item.opened", i.sku, None, prices)
        for row in self.stock.rows(self.stock.keys):
            site, sku = row["site"], row["sku"]
            data = {"site": site, "sku": sku, "quantity": row["quantity"], "cost_minor": row["cost_minor"]}
            turn.fact("stock.opened", f"{site}/{sku}", None, data)
        self.gl.post(turn, "opening", None, INVENTORY, OPENING_EQUITY, self.stock.value_minor())


def _nobody_hears(document: SalesOrder | Invoice) -> None:
    """Before the physics have begun."""
