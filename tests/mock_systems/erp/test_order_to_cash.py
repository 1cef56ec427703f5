"""One sales order through the ERP: taken, issued, invoiced, paid; and the ERP's bad habits on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
import simpy

from mock_systems.erp.prices import Price
from mock_systems.erp.system import build_erp
from mock_systems.kit.face import asgi_app
from mock_systems.kit.opening import Stock
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Request
from tests.mock_systems.erp.caller import MONDAY_9_US, OPENING, SHIP_TO, TRACE, Caller, line


def balances(erp: Caller) -> dict[str, int]:
    trial = erp.get("/trial-balance")
    return {a["account"]: a["debit_minor"] - a["credit_minor"] for a in trial["accounts"]}


def test_opening_balances_are_facts_and_stand_in_the_general_ledger() -> None:
    erp = Caller()
    assert [fact.entity for fact in erp.facts("customer.opened")] == ["C-CASH", "C-ACC", "C-BAD", "C-CARD"]
    assert [fact.entity for fact in erp.facts("item.opened")] == ["MUG", "JAR", "TIN"]
    assert [fact.entity for fact in erp.facts("stock.opened")] == ["BHM/MUG", "BHM/TIN", "LDS/JAR", "LDS/MUG"]
    assert balances(erp) == {"inventory": 107 * 250 + 10 * 901, "opening_equity": -(107 * 250 + 10 * 901)}


def test_an_order_from_entry_to_payment() -> None:
    erp = Caller()
    order = erp.order(line(1, "MUG", 10, 499), line(2, "JAR", 3, 1999), customer="C-ACC")
    assert order == {
        "sales_order": "SO-000001",
        "external_ref": "W-000001",
        "customer": "C-ACC",
        "currency": "GBP",
        "lines": [line(1, "MUG", 10, 499), line(2, "JAR", 3, 1999)],
        "total_minor": 10_987,
        "status": "open",
        "hold_reason": None,
        "revision": 0,
        "ship_to": {"name": "Anna Field", "country": "GB", "postcode": "LS1 4AP"},
        "created_at_us": MONDAY_9_US,
        "changed_at_us": MONDAY_9_US,
    }
    assert erp.exposure("C-ACC") == 10_987
    shipped = [line(1, "MUG", 10), line(2, "JAR", 3)]
    issue = erp.post(
        "/goods-issues", {"sales_order": "SO-000001", "site": "LDS", "shipment": "OUT-LDS-000001", "lines": shipped}
    )
    assert (issue["goods_issue"], issue["cost_minor"], issue["negative_stock"]) == ("GI-000001", 5203, [])
    assert erp.get("/sales-orders/SO-000001")["status"] == "shipped"
    invoice = erp.post(
        "/invoices", {"sales_order": "SO-000001", "shipment": "OUT-LDS-000001", "lines": shipped}, key="k"
    )
    assert [x["amount_minor"] for x in invoice["lines"]] == [4990, 5997]
    assert invoice["total_minor"] == 10_987
    assert erp.get("/sales-orders/SO-000001")["status"] == "invoiced"
    assert erp.exposure("C-ACC") == 10_987, "billed is not paid"
    erp.post("/payments", {"invoice": "INV-000001", "amount_minor": 10_987, "reference": "CAP-1"})
    assert erp.exposure("C-ACC") == 0
    books = balances(erp)
    del books["inventory"], books["opening_equity"]
    assert books == {"bank": 10_987, "revenue": -10_987, "cost_of_goods_sold": 5203, "accounts_receivable": 0}
    assert [fact.kind for fact in erp.facts() if fact.order == "W-000001"] == [
        "sales_order.created", "goods_issue.posted", "gl.posted", "invoice.posted", "gl.posted", "payment.posted",
        "gl.posted",
    ]  # fmt: skip
    assert {fact.trace for fact in erp.facts() if fact.order == "W-000001"} == {TRACE}


def test_each_create_says_where_its_document_lies() -> None:
    erp = Caller()
    lines = [line(1, "MUG", 1)]
    body = {"external_ref": "W-1", "customer": None, "currency": "GBP", "ship_to": SHIP_TO}
    replies = [
        erp.call("POST", "/sales-orders", {**body, "lines": [line(1, "MUG", 2, 500)]}),
        erp.call("POST", "/goods-issues", {"sales_order": "SO-000001", "site": "LDS", "shipment": "S", "lines": lines}),
        erp.call("POST", "/invoices", {"sales_order": "SO-000001", "shipment": "S", "lines": lines}),
        erp.call("POST", "/payments", {"invoice": "INV-000001", "amount_minor": 500, "reference": "CAP-1"}),
    ]
    for reply in replies:
        assert reply.status == 201
        assert erp.get(reply.headers["location"]) == reply.body
    assert erp.get("/sales-orders", external_ref="W-1") == {"items": [replies[0].body], "next_cursor": None}
    assert erp.get("/goods-issues", shipment="S") == {"items": [replies[1].body], "next_cursor": None}
    assert erp.get("/invoices", shipment="S") == {"items": [replies[2].body], "next_cursor": None}
    assert erp.get("/payments", reference="CAP-1") == {"items": [replies[3].body], "next_cursor": None}
    assert erp.get("/payments", reference="CAP-2") == {"items": [], "next_cursor": None}


def test_partial_shipments_move_the_status_when_the_last_one_is_posted() -> None:
    erp = Caller()
    erp.order(line(1, "MUG", 10, 500))
    for quantity, issued, invoiced in ((4, "open", "open"), (6, "shipped", "invoiced")):
        part = {"sales_order": "SO-000001", "shipment": f"S-{quantity}", "lines": [line(1, "MUG", quantity)]}
        erp.post("/goods-issues", {**part, "site": "LDS"})
        assert erp.get("/sales-orders/SO-000001")["status"] == issued
        erp.post("/invoices", part)
        assert erp.get("/sales-orders/SO-000001")["status"] == invoiced


def test_cancelling_gives_the_credit_back_and_repeats_silently() -> None:
    erp = Caller()
    erp.order(customer="C-ACC")
    assert erp.exposure("C-ACC") == 5000
    for _ in range(2):
        assert erp.post("/sales-orders/SO-000001/cancellation", {"reason": "changed mind"})["status"] == "cancelled"
    assert erp.exposure("C-ACC") == 0
    assert [fact.data for fact in erp.facts("sales_order.cancelled")] == [{"reason": "changed mind"}]


def test_bad_habit_the_same_reference_makes_a_second_order() -> None:
    erp = Caller()
    assert erp.order()["sales_order"] != erp.order()["sales_order"]
    assert len(erp.get("/sales-orders", external_ref="W-000001")["items"]) == 2


def test_a_key_saves_from_the_second_order() -> None:
    erp = Caller()
    assert erp.order(key="k-1") == erp.order(key="k-1")
    assert len(erp.facts("sales_order.created")) == 1


def test_bad_habit_an_invoice_comes_as_often_as_it_is_asked_for_and_before_the_goods() -> None:
    erp = Caller()
    erp.order(customer="C-ACC")
    body = {"sales_order": "SO-000001", "shipment": "S", "lines": [line(1, "MUG", 10)]}
    assert [erp.post("/invoices", body)["invoice"] for _ in range(2)] == ["INV-000001", "INV-000002"]
    assert erp.exposure("C-ACC") == 10_000
    assert not erp.facts("goods_issue.posted")


def test_bad_habit_stock_falls_below_zero_with_a_note() -> None:
    erp = Caller()
    erp.order(line(1, "JAR", 12, 1999), line(2, "TIN", 1, 0))
    lines = [line(1, "JAR", 12), line(2, "TIN", 1)]
    issue = erp.post("/goods-issues", {"sales_order": "SO-000001", "site": "LDS", "shipment": "S", "lines": lines})
    assert issue["negative_stock"] == [{"sku": "JAR", "quantity": -2}, {"sku": "TIN", "quantity": -1}]
    rows = {(row["site"], row["sku"]): row for row in erp.get("/stock")["items"]}
    assert (rows["LDS", "JAR"]["quantity"], rows["LDS", "JAR"]["value_minor"]) == (-2, -1802)
    assert rows["LDS", "TIN"]["quantity"] == -1


def test_prices_with_customer_entries_and_quantity_breaks() -> None:
    listed = (
        Price("C-ACC", "MUG", 450),
        Price("C-ACC", "MUG", 380, from_quantity=50),
        Price(None, "MUG", 470, from_quantity=20),
    )
    erp = Caller(prices=listed)
    cases = {(None, 1): 500, (None, 20): 470, ("C-ACC", 1): 450, ("C-ACC", 49): 450, ("C-ACC", 50): 380}
    for (customer, quantity), price_minor in cases.items():
        quoted = erp.post("/price-quotes", {"customer": customer, "lines": [{"sku": "MUG", "quantity": quantity}]})
        floor_minor = min(400, price_minor)
        expected = {"sku": "MUG", "quantity": quantity, "price_minor": price_minor, "floor_minor": floor_minor}
        assert quoted == {"currency": "GBP", "lines": [expected]}


@pytest.mark.parametrize("wrong", [Price(None, "CUP", 1), Price(None, "MUG", -1), Price(None, "MUG", 1, 0)])
def test_price_entries_must_fit_the_items(wrong: Price) -> None:
    with pytest.raises(ValueError, match=wrong.sku):
        build_erp(OPENING, Streams(1), prices=[wrong])


def test_opening_balances_must_fit_together() -> None:
    with pytest.raises(ValueError, match="C-NONE"):
        build_erp(OPENING, Streams(1), blocked=["C-NONE"])
    for wrong in (Stock("XXX", "MUG", 1), Stock("LDS", "CUP", 1)):
        with pytest.raises(ValueError, match=f"{wrong.site}.*{wrong.sku}"):
            build_erp(replace(OPENING, stock=(wrong,)), Streams(1))


def test_lists_come_in_pages() -> None:
    erp = Caller()
    erp.order()
    for n in range(5):
        erp.post("/invoices", {"sales_order": "SO-000001", "shipment": f"S-{n}", "lines": [line(1, "MUG", 1)]})
    for path, name in (("/gl", "journal_entry"), ("/stock", "sku")):
        whole = erp.get(path)["items"]
        pages, cursor = [], {}
        while True:
            page = erp.get(path, limit="2", **cursor)
            pages += page["items"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert pages == whole
        assert len(whole) > 2
        assert all(name in row for row in whole)


def test_operations_name_the_business_order() -> None:
    erp = Caller()
    erp.order(ref="W-000042")
    shipped = {"sales_order": "SO-000001", "shipment": "S", "lines": [line(1, "MUG", 1)]}
    before_anything = ("GET", "/invoices", None, {"shipment": "S"})
    assert order_of(erp, *before_anything) is None
    erp.post("/invoices", shipped)
    for call in (
        ("POST", "/sales-orders", {"external_ref": "W-000042"}, {}),
        ("GET", "/sales-orders", None, {"external_ref": "W-000042"}),
        ("GET", "/sales-orders/SO-000001", None, {}),
        ("POST", "/sales-orders/SO-000001/cancellation", {}, {}),
        ("POST", "/goods-issues", shipped, {}),
        ("POST", "/invoices", shipped, {}),
        ("POST", "/payments", {"invoice": "INV-000001"}, {}),
        before_anything,
    ):
        assert order_of(erp, *call) == "W-000042", call
    erp.post("/goods-issues", {**shipped, "site": "LDS"})
    assert order_of(erp, "GET", "/goods-issues", None, {"shipment": "S"}) == "W-000042"
    for body in (None, [], {}, {"sales_order": 5}, {"sales_order": "SO-9"}):
        assert order_of(erp, "POST", "/invoices", body, {}) is None


def order_of(erp: Caller, method: str, path: str, body: object, query: dict[str, str]) -> str | None:
    request = Request(method, path, query, {}, body)
    found = erp.erp.routes.find(request)
    assert found is not None
    return found[0].order_of(request, found[1])


def test_its_door_grants_twenty_calls_at_once() -> None:
    erp = build_erp(OPENING, Streams(1))
    erp.start(simpy.Environment(initial_time=MONDAY_9_US))
    call = Request("GET", "/customers/C-ACC", {}, {"authorization": "Bearer core-erp"})
    answers = [erp.receive(call, MONDAY_9_US) for _ in range(21)]
    assert [a.reply.status for a in answers if a.reply] == [200] * 20 + [429]


def test_its_openapi_document_names_every_operation_and_webhook() -> None:
    erp = build_erp(OPENING, Streams(1))
    document = asgi_app(erp).openapi()
    operations = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    assert operations == {route.operation for route in erp.routes.routes}
    assert set(document["webhooks"]) == {*erp.topics, "subscription.validation"}
    assert "409" in document["paths"]["/invoices"]["post"]["responses"]
