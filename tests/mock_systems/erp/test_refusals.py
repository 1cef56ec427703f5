"""What the ERP refuses: the status, the problem, and that nothing stays in the books."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_systems.kit.wire import PROBLEM_JSON
from tests.mock_systems.erp.caller import SHIP_TO, Caller, line

ORDER = {
    "external_ref": "W-000009",
    "customer": None,
    "currency": "GBP",
    "ship_to": SHIP_TO,
    "lines": [line(1, "MUG", 2, 500)],
}
Call = tuple[str, str, Any]


def refused(erp: Caller, call: Call, status: int, code: str, **extensions: Any) -> dict[str, Any]:
    """Make the call, see that it is refused just so and leaves no fact; gives the problem."""
    facts = len(erp.facts())
    reply = erp.call(*call)
    assert (reply.status, reply.body["type"]) == (status, f"urn:problem:{code}"), reply.body
    assert reply.headers["content-type"] == PROBLEM_JSON
    assert reply.body["status"] == status
    assert reply.body["detail"]
    for name, value in extensions.items():
        assert reply.body[name] == value
    assert len(erp.facts()) == facts
    return dict(reply.body)


@pytest.mark.parametrize(
    ("change", "code", "extensions"),
    [
        ({"customer": "C-NONE"}, "unknown-customer", {"customer": "C-NONE"}),
        ({"currency": "EUR"}, "wrong-currency", {"currency": "GBP"}),
        ({"lines": [line(1, "MUG", 1, 5), line(2, "CUP", 1, 5)]}, "unknown-item", {"sku": "CUP"}),
        ({"lines": [line(3, "MUG", 1, 5), line(3, "JAR", 1, 5)]}, "duplicate-line", {"line": 3}),
    ],
)
def test_sales_orders_that_make_no_sense(change: dict[str, Any], code: str, extensions: dict[str, Any]) -> None:
    refused(Caller(), ("POST", "/sales-orders", {**ORDER, **change}), 422, code, **extensions)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"lines": [line(1, "MUG", 0, 500)]}, "/lines/0/quantity"),
        ({"lines": [line(1, "MUG", -1, 500)]}, "/lines/0/quantity"),
        ({"lines": [line(1, "MUG", 1, -1)]}, "/lines/0/price_minor"),
        ({"lines": [{**line(1, "MUG", 1, 500), "quantity": "1"}]}, "/lines/0/quantity"),
        ({"lines": [{**line(1, "MUG", 1, 500), "discount": 5}]}, "/lines/0/discount"),
        ({"lines": [line(1, "MUG", 1)]}, "/lines/0/price_minor"),
        ({"urgent": True}, "/urgent"),
        ({"ship_to": {**SHIP_TO, "country": "England"}}, "/ship_to/country"),
        ({"external_ref": ""}, "/external_ref"),
    ],
)
def test_requests_that_break_the_contract(change: dict[str, Any], pointer: str) -> None:
    problem = refused(Caller(), ("POST", "/sales-orders", {**ORDER, **change}), 422, "invalid-request")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (("GET", "/customers/C-NONE", None), "unknown-customer"),
        (("GET", "/sales-orders/SO-999999", None), "unknown-sales-order"),
        (("POST", "/sales-orders/SO-999999/cancellation", {"reason": "gone"}), "unknown-sales-order"),
        (("GET", "/goods-issues/GI-999999", None), "unknown-goods-issue"),
        (("GET", "/invoices/INV-999999", None), "unknown-invoice"),
        (("GET", "/payments/PAY-999999", None), "unknown-payment"),
    ],
)
def test_what_is_not_there(call: Call, code: str) -> None:
    refused(Caller(), call, 404, code)


def goods_issue(*lines: dict[str, Any], order: str = "SO-000001", site: str = "LDS") -> Call:
    return "POST", "/goods-issues", {"sales_order": order, "site": site, "shipment": "OUT-1", "lines": list(lines)}


def invoice(*lines: dict[str, Any], order: str = "SO-000001") -> Call:
    return "POST", "/invoices", {"sales_order": order, "shipment": "OUT-1", "lines": list(lines)}


@pytest.mark.parametrize("posting", [goods_issue, invoice])
@pytest.mark.parametrize(
    ("lines", "code", "extensions"),
    [
        ([line(2, "MUG", 1)], "unknown-line", {"line": 2, "sku": "MUG"}),
        ([line(1, "JAR", 1)], "unknown-line", {"line": 1, "sku": "JAR"}),
        ([line(1, "MUG", 11)], "over-quantity", {"line": 1, "ordered": 10}),
        ([line(1, "MUG", 5), line(1, "MUG", 5)], "duplicate-line", {"line": 1}),
    ],
)
def test_postings_that_the_sales_order_does_not_bear(
    posting: Callable[..., Call], lines: list[dict[str, Any]], code: str, extensions: dict[str, Any]
) -> None:
    erp = Caller()
    erp.order(line(1, "MUG", 10, 500))
    refused(erp, posting(*lines), 422, code, **extensions)


@pytest.mark.parametrize("posting", [goods_issue, invoice])
def test_postings_on_orders_that_do_not_take_them(posting: Callable[..., Call]) -> None:
    erp = Caller()
    erp.order(line(1, "MUG", 201, 500), customer="C-ACC")
    erp.order()
    erp.post("/sales-orders/SO-000002/cancellation", {"reason": "changed mind"})
    refused(erp, posting(line(1, "MUG", 1), order="SO-000009"), 422, "unknown-sales-order", sales_order="SO-000009")
    refused(erp, posting(line(1, "MUG", 1), order="SO-000001"), 409, "on-hold", sales_order="SO-000001")
    refused(erp, posting(line(1, "MUG", 1), order="SO-000002"), 409, "sales-order-closed", sales_order="SO-000002")


def test_goods_issue_from_a_site_that_is_none() -> None:
    erp = Caller()
    erp.order()
    refused(erp, goods_issue(line(1, "MUG", 1), site="XXX"), 422, "unknown-site", site="XXX")


def test_payment_of_an_unknown_invoice() -> None:
    body = {"invoice": "INV-000009", "amount_minor": 1, "reference": "CAP-1"}
    refused(Caller(), ("POST", "/payments", body), 422, "unknown-invoice", invoice="INV-000009")


def test_cancelling_is_too_late_once_goods_have_left() -> None:
    erp = Caller()
    erp.order()
    erp.call(*goods_issue(line(1, "MUG", 1)))
    cancel = ("POST", "/sales-orders/SO-000001/cancellation", {"reason": "changed mind"})
    refused(erp, cancel, 409, "goods-issued", sales_order="SO-000001")


def test_cancelling_is_too_late_once_invoiced() -> None:
    erp = Caller()
    erp.order()
    erp.call(*invoice(line(1, "MUG", 1)))
    cancel = ("POST", "/sales-orders/SO-000001/cancellation", {"reason": "changed mind"})
    refused(erp, cancel, 409, "already-invoiced", sales_order="SO-000001")


@pytest.mark.parametrize(
    ("change", "code"), [({"lines": [{"sku": "CUP", "quantity": 1}]}, "unknown-item"), ({}, "unknown-customer")]
)
def test_quotes_for_what_is_not_there(change: dict[str, Any], code: str) -> None:
    customer = "C-ACC" if change else "C-NONE"
    body = {"customer": customer, "lines": [{"sku": "MUG", "quantity": 1}], **change}
    refused(Caller(), ("POST", "/price-quotes", body), 422, code)


@pytest.mark.parametrize("path", ["/stock", "/gl"])
def test_pages_of_no_size(path: str) -> None:
    reply = Caller().call("GET", path, query={"limit": "501"})
    assert (reply.status, reply.body["errors"][0]["pointer"]) == (422, "/limit")


def test_searches_without_what_to_look_for() -> None:
    for path in ("/sales-orders", "/goods-issues", "/invoices", "/payments"):
        refused(Caller(), ("GET", path, None), 422, "invalid-request")
