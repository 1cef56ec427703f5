"""Master data that changes: items and customers with versions, and lists of what changed for whoever polls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mock_systems.erp.customers import shown as customer_shown
from mock_systems.kit.listing import Changes, ListQuery
from mock_systems.kit.opening import Customer, Item
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Refusal, Reply

if TYPE_CHECKING:
    from mock_systems.erp.books import Books

EACH = "EA"


@dataclass(slots=True)
class Versions:
    """What changed since the opening, which is version 0 of everything.

    `units` and `withdrawn` hold what differs from an item that is sold by the each and active.
    """

    of_items: dict[str, int] = field(default_factory=dict)
    of_customers: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    withdrawn: dict[str, None] = field(default_factory=dict)
    items: Changes = field(default_factory=Changes)
    customers: Changes = field(default_factory=Changes)


def change_item(books: Books, turn: Turn, item: Item, *, active: bool = True, unit: str = EACH) -> None:
    """Give an item new data, or make a new one. The ERP takes whatever its clerks type in: a bad habit."""
    versions = books.versions
    sku = item.sku
    if sku not in books.items:
        books.stock.add_item(sku, item.cost_minor)
    books.items[sku] = item
    versions.of_items[sku] = versions.of_items.get(sku, 0) + 1
    versions.units[sku] = unit
    if active:
        versions.withdrawn.pop(sku, None)
    else:
        versions.withdrawn[sku] = None
    versions.items.note(sku)
    turn.fact("item.changed", sku, None, {name: value for name, value in _row(books, item).items() if name != "sku"})


def change_customer(books: Books, turn: Turn, customer: Customer, *, blocked: bool) -> None:
    """Give a customer new terms or another limit, block it or take the block off; subscribers are told."""
    account = books.accounts[customer.customer]
    account.customer, account.blocked = customer, blocked
    number = customer.customer
    versions = books.versions
    version = versions.of_customers[number] = versions.of_customers.get(number, 0) + 1
    versions.customers.note(number)
    data = {
        "version": version,
        "blocked": blocked,
        "terms_days": customer.terms_days,
        "credit_limit_minor": customer.credit_limit_minor,
    }
    turn.fact("customer.changed", number, None, data)
    turn.notify("customer.changed", number, None, customer_row(books, number))


def get_item(books: Books, turn: Turn) -> Reply:
    """Operation getItem."""
    sku = turn.params["sku"]
    item = books.items.get(sku)
    if item is None:
        raise Refusal(404, "unknown-item", f"no item {sku}", sku=sku)
    return Reply(200, _row(books, item))


def list_items(books: Books, turn: Turn) -> Reply:
    """Operation listItems: what changed since the opening, in the order of the latest change."""
    query: ListQuery = turn.query
    page = books.versions.items.page(query.cursor, query.limit)
    items = [_row(books, books.items[sku]) for sku in page.entities]
    return Reply(200, {"items": items, "next_cursor": page.next_cursor, "has_more": page.has_more})


def list_customers(books: Books, turn: Turn) -> Reply:
    """Operation listCustomers: what changed since the opening, in the order of the latest change."""
    query: ListQuery = turn.query
    page = books.versions.customers.page(query.cursor, query.limit)
    items = [customer_row(books, number) for number in page.entities]
    return Reply(200, {"items": items, "next_cursor": page.next_cursor, "has_more": page.has_more})


def customer_row(books: Books, number: str) -> dict[str, Any]:
    """A changed customer as the list and the webhook show it."""
    return {**customer_shown(books.accounts[number]), "version": books.versions.of_customers.get(number, 0)}


def _row(books: Books, item: Item) -> dict[str, Any]:
    versions = books.versions
    return {
        "sku": item.sku,
        "version": versions.of_items.get(item.sku, 0),
        "name": item.name,
        "price_minor": item.price_minor,
        "floor_minor": item.floor_minor,
        "unit": versions.units.get(item.sku, EACH),
        "pack": item.pack,
        "active": item.sku not in versions.withdrawn,
        "substitute": item.substitute,
    }
