"""What the ERP's API gives: the reply models of its published contract.

Money in minor units, quantities in eaches, times in microseconds UTC.
"""

from __future__ import annotations

from typing import Literal, NotRequired

from pydantic import BaseModel
from typing_extensions import TypedDict

from mock_systems.erp.wire import Line, PricedLine
from mock_systems.kit.fields import ShipTo

Status = Literal["open", "on_hold", "rejected", "cancelled", "shipped", "invoiced"]


class InvoiceLine(TypedDict):
    """An invoiced line, `quantity` in eaches; `amount_minor` is its share of the ordered line's net.

    With `uom` CS the price is for one case of `pack` eaches. `tax_minor` comes on top, left out where there is none.
    """

    line: int
    sku: str
    quantity: int
    price_minor: int
    amount_minor: int
    uom: NotRequired[Literal["CS"]]
    pack: NotRequired[int]
    tax_minor: NotRequired[int]


class QuotedPrice(TypedDict):
    """A price of one unit as asked for, and the least that is accepted for it, rounded down in other currencies."""

    sku: str
    quantity: int
    price_minor: int
    floor_minor: int


class NegativeStock(TypedDict):
    """An item whose financial stock a goods issue took below zero."""

    sku: str
    quantity: int


class GlLine(TypedDict):
    """One side of a journal entry."""

    account: str
    debit_minor: int
    credit_minor: int


class AccountBalance(GlLine):
    """All that was posted to an account in one currency."""

    currency: str


class CurrencyTotal(TypedDict):
    """All that was posted in one currency."""

    currency: str
    debit_minor: int
    credit_minor: int


class Posting(TypedDict):
    """A journal entry: its debits equal its credits."""

    journal_entry: str
    posted_at_us: int
    document: str
    currency: str
    entries: list[GlLine]


class StockRow(TypedDict):
    """Financial stock of one item at one site, valued at standard cost."""

    site: str
    sku: str
    quantity: int
    cost_minor: int
    value_minor: int


class Customer(BaseModel):
    """An account, in the base currency. `exposure_minor` is open orders, not invoiced yet, and unpaid invoices."""

    customer: str
    name: str
    country: str
    payment: Literal["account", "card"]
    terms_days: int
    credit_limit_minor: int
    exposure_minor: int
    blocked: bool


class ChangedCustomer(Customer):
    """An account that has changed; `version` counts its changes since the opening."""

    version: int


class CustomerPage(BaseModel):
    """Accounts by latest change. `next_cursor` is always given; with `has_more` go on at once."""

    items: list[ChangedCustomer]
    next_cursor: str
    has_more: bool


class Item(BaseModel):
    """An item, as its people keep it: nothing is checked here. `version` counts its changes since the opening.

    `substitute` is the item that may be sent in its place, `pack` how many eaches a case has.
    """

    sku: str
    version: int
    name: str
    price_minor: int
    floor_minor: int
    unit: str
    pack: int
    active: bool
    substitute: str | None


class ItemPage(BaseModel):
    """Items by latest change. `next_cursor` is always given; with `has_more` go on at once."""

    items: list[Item]
    next_cursor: str
    has_more: bool


class PriceQuote(BaseModel):
    """The prices that were asked for, in the currency that was asked for."""

    currency: str
    lines: list[QuotedPrice]


class SalesOrder(BaseModel):
    """A sales order; `hold_reason` says why it waits for the credit desk, or why that rejected it.

    `changed_at_us` is when anything about it changed last, its status included.
    """

    sales_order: str
    external_ref: str
    customer: str
    currency: str
    lines: list[PricedLine]
    total_minor: int
    status: Status
    hold_reason: str | None
    revision: int
    ship_to: ShipTo
    created_at_us: int
    changed_at_us: int


class SalesOrders(BaseModel):
    """Sales orders with one external reference, in the order of their creation."""

    items: list[SalesOrder]
    next_cursor: str | None


class GoodsIssue(BaseModel):
    """A goods issue; `negative_stock` warns of items whose financial stock fell below zero."""

    goods_issue: str
    sales_order: str
    site: str
    shipment: str
    lines: list[Line]
    cost_minor: int
    negative_stock: list[NegativeStock]


class GoodsIssues(BaseModel):
    """Goods issues of one shipment, in the order of their posting."""

    items: list[GoodsIssue]
    next_cursor: str | None


class Invoice(BaseModel):
    """A posted invoice."""

    invoice: str
    sales_order: str
    shipment: str
    currency: str
    lines: list[InvoiceLine]
    net_minor: int
    tax_minor: int
    total_minor: int


class Invoices(BaseModel):
    """Invoices of one shipment, in the order of their posting."""

    items: list[Invoice]
    next_cursor: str | None


class Payment(BaseModel):
    """A payment received against an invoice."""

    payment: str
    invoice: str
    amount_minor: int
    reference: str


class Payments(BaseModel):
    """Payments with one reference, in the order of their posting."""

    items: list[Payment]
    next_cursor: str | None


class StockPage(BaseModel):
    """A page of financial stock, by site and sku."""

    items: list[StockRow]
    next_cursor: str | None


class JournalPage(BaseModel):
    """A page of the general ledger, in the order of posting."""

    items: list[Posting]
    next_cursor: str | None


class TrialBalance(BaseModel):
    """All that was ever posted to each account; the two totals of each currency are equal."""

    accounts: list[AccountBalance]
    totals: list[CurrencyTotal]
