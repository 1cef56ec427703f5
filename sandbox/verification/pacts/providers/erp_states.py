"""The states of the ERP: accounts, items and sales orders, and what is posted on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from mock_systems.blueprints import ErpBlueprint
from mock_systems.erp.books import Books
from mock_systems.erp.credit_desk import CreditDeskConfig
from mock_systems.erp.master_data import change_customer, change_item
from sandbox.verification.pacts.providers.bench import Bench, States
from sandbox.verification.pacts.providers.door_states import door_states
from sandbox.verification.pacts.providers.erp_supply_states import erp_supply_states

Params = Mapping[str, Any]
Found = tuple[Bench, Mapping[str, Any]]
ERP: Final = ErpBlueprint()
_LINES: Final = [{"line": 1, "sku": "MUG", "quantity": 2}]


def erp_states() -> States:
    """All of them."""
    return {
        **door_states(ERP),
        **erp_supply_states(ERP),
        "a customer has an account": _plain,
        "a customer has no account": _plain,
        "an account and items are there": _plain,
        "an item is not there": _plain,
        "an item has a substitute": _plain,
        "an item is in stock": _plain,
        "an order has no sales order": _plain,
        "nothing of a shipment has left": _plain,
        "an item has changed": _item_changed,
        "an item has changed since a cursor": _item_changed_again,
        "a customer has changed": _customer_changed,
        "a sales order was entered under a key": _entered_under_key,
        "a sales order is open": _entered,
        "a sales order is cancelled": _cancelled,
        "a held order is released": partial(_decided, 1_000, "sales_order.released"),
        "a held order is rejected": partial(_decided, 0, "sales_order.rejected"),
        "goods of a sales order have left": _issued,
        "goods of a shipment have left": _issued,
        "a shipment is invoiced": _invoiced,
        "an invoice is paid": _paid,
        "goods of a return were posted": _came_back,
        "a return is credited": _credited,
        "a refund is posted": _refunded,
    }


def _plain(params: Params) -> Found:
    return Bench(ERP), {}


def _change_item(bench: Bench, sku: str) -> None:
    books: Books = bench.system.books
    item = replace(books.items[sku], name="Blue mug")
    bench.system.act(lambda turn: change_item(books, turn, item), int(bench.env.now))


def _item_changed(params: Params) -> Found:
    bench = Bench(ERP)
    _change_item(bench, params["sku"])
    return bench, {}


def _item_changed_again(params: Params) -> Found:
    bench, _ = _item_changed(params)
    cursor = bench.call("GET", "/items")["next_cursor"]
    _change_item(bench, params["sku"])
    return bench, {"cursor": cursor}


def _customer_changed(params: Params) -> Found:
    bench = Bench(ERP)
    books: Books = bench.system.books
    customer = books.accounts[params["customer"]].customer
    bench.system.act(lambda turn: change_customer(books, turn, customer, blocked=True), int(bench.env.now))
    bench.wait_for("customer.changed")
    return bench, {}


def _enter(bench: Bench, params: Params, customer: str = "C-1", price_minor: int = 500) -> str:
    body = {
        "external_ref": params.get("external_ref", "W-000001"),
        "customer": customer,
        "currency": "GBP",
        "ship_to": {"name": "Anna Field", "country": "GB", "postcode": "LS1 4AP"},
        "lines": [{**_LINES[0], "price_minor": price_minor}],
    }
    return str(bench.call("POST", "/sales-orders", body)["sales_order"])


def _entered_under_key(params: Params) -> Found:
    bench = Bench(ERP)
    entered = bench.call("POST", "/sales-orders", params["body"], key=params["key"])
    return bench, {"sales_order": entered["sales_order"]}


def _entered(params: Params) -> Found:
    bench = Bench(ERP)
    return bench, {"sales_order": _enter(bench, params)}


def _cancelled(params: Params) -> Found:
    bench, given = _entered(params)
    bench.call("POST", f"/sales-orders/{given['sales_order']}/cancellation", {"reason": "cancelled"})
    return bench, given


def _decided(tolerance_percent: int, topic: str, params: Params) -> Found:
    """An order goes beyond its account's limit, and a clerk decides."""
    bench = Bench(ErpBlueprint(credit_desk=CreditDeskConfig(tolerance_percent=tolerance_percent)))
    number = _enter(bench, params, "C-POOR", 6_000)
    bench.wait_for(topic)
    return bench, {"sales_order": number}


def _shipment(params: Params) -> str:
    return str(params.get("shipment", "W-000001-LDS"))


def _issued(params: Params) -> Found:
    bench, given = _entered(params)
    body = {**given, "site": "LDS", "shipment": _shipment(params), "lines": _LINES}
    bench.call("POST", "/goods-issues", body)
    return bench, given


def _invoiced(params: Params) -> Found:
    bench, given = _issued(params)
    posted = bench.call("POST", "/invoices", {**given, "shipment": _shipment(params), "lines": _LINES})
    return bench, {**given, "invoice": posted["invoice"]}


def _paid(params: Params) -> Found:
    bench, given = _invoiced(params)
    body = {"invoice": given["invoice"], "amount_minor": 1_000, "reference": params["reference"]}
    return bench, {**given, "payment": bench.call("POST", "/payments", body)["payment"]}


def _back(params: Params, given: Params, **line: str) -> dict[str, Any]:
    lines = [{"line": 1, "sku": "MUG", "quantity": 1, **line}]
    return {"sales_order": given["sales_order"], "return": params["return"], "lines": lines}


def _came_back(params: Params) -> Found:
    bench, given = _invoiced(params)
    body = {**_back(params, given, disposition="restock"), "site": params["site"]}
    bench.call("POST", "/goods-returns", body)
    return bench, given


def _credited(params: Params) -> Found:
    bench, given = _came_back(params)
    posted = bench.call("POST", "/credit-notes", _back(params, given))
    return bench, {**given, "credit_note": posted["credit_note"]}


def _refunded(params: Params) -> Found:
    bench, given = _credited(params)
    body = {"credit_note": given["credit_note"], "amount_minor": 500, "reference": params["reference"]}
    bench.call("POST", "/refund-postings", body)
    return bench, given
