"""The shop's orders and payments, call by call."""

from __future__ import annotations

import pytest

from tests.mock_systems.shop import START_US, Shop, basket


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_an_order_is_accepted_with_a_trace_and_authorised(shop: Shop) -> None:
    reply = shop.buy("r1", CUP=2, LAMP=1)
    order = reply.body
    assert (reply.status, reply.headers["location"]) == (201, "/orders/W-000001")
    assert order["lines"][1] == {"line": 2, "sku": "LAMP", "quantity": 1, "price_minor": 500}
    assert (order["seq"], order["total_minor"], order["status"], order["state"]) == (1, 1500, "received", "open")
    assert order["placed_at_us"] == order["updated_at_us"] == START_US
    accepted, authorised = shop.system.ledger.facts[-2:]
    assert (accepted.kind, accepted.order, accepted.data["total_minor"]) == ("order.accepted", "W-000001", 1500)
    assert (authorised.kind, authorised.entity, authorised.data) == (
        "payment.authorised",
        "AUT-000001",
        {"amount_minor": 1500},
    )
    assert accepted.trace == authorised.trace == order["traceparent"][3:35]
    assert shop.call("GET", "/orders/W-000001").body == order


def test_the_trace_depends_on_the_seed_and_the_order_alone() -> None:
    first, again = Shop(seed=7), Shop(seed=7)
    again.buy("other", LAMP=1)
    again.call("POST", "/orders/W-000001/cancellation", {"reason": "x"})
    one, two = first.buy("a", CUP=1).body, first.buy("b", CUP=1).body
    assert one["traceparent"] != two["traceparent"]
    assert again.buy("c", CUP=3).body["traceparent"] == two["traceparent"]
    assert Shop(seed=8).buy("a", CUP=1).body["traceparent"] != one["traceparent"]


def test_the_same_reference_gets_the_same_order(shop: Shop) -> None:
    first, again = shop.buy("r1", CUP=2), shop.buy("r1", CUP=2)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    assert shop.kinds() == ["order.accepted", "payment.authorised"]


def test_a_basket_is_refused_wholly_when_one_line_exceeds_what_is_available(shop: Shop) -> None:
    reply = shop.buy("r1", CUP=1, LAMP=6)
    assert (reply.status, reply.body["type"]) == (409, "urn:problem:sold-out")
    assert reply.body["short"] == [{"sku": "LAMP", "requested": 6, "available": 5}]
    refused = shop.system.ledger.facts[-1]
    assert (refused.kind, refused.entity, refused.data["reason"]) == ("order.refused", "r1", "sold-out")
    assert shop.buy("r2", CUP=10).status == 201


def test_lines_of_one_item_count_together(shop: Shop) -> None:
    body = basket("r1", LAMP=3)
    body["lines"] *= 2
    assert shop.call("POST", "/orders", body, token="shopper-commerce").status == 409


def test_unknown_items_and_currencies_are_refused(shop: Shop) -> None:
    unknown = shop.buy("r1", NOTHING=1)
    assert (unknown.status, unknown.body["sku"]) == (422, "NOTHING")
    assert shop.system.ledger.facts[-1].data["reason"] == "unknown-item"
    dollars = {**basket("r2", CUP=1), "currency": "USD"}
    assert (
        shop.call("POST", "/orders", dollars, token="shopper-commerce").body["type"] == "urn:problem:unknown-currency"
    )


def test_the_shop_believes_any_status(shop: Shop) -> None:
    shop.buy("r1", CUP=1)
    shop.call("POST", "/orders/W-000001/status", {"status": "shipped", "version": 7})
    late = shop.call("POST", "/orders/W-000001/status", {"status": "allocated", "version": 3})
    assert (late.status, late.body["status"], late.body["updated_seq"]) == (200, "allocated", 3)


def test_a_cancellation_gives_stock_back_and_voids_what_is_open(shop: Shop) -> None:
    shop.buy("r1", CUP=10)
    shop.call("POST", "/orders/W-000001/captures", {"amount_minor": 2000, "reference": "INV-1"})
    reply = shop.call("POST", "/orders/W-000001/cancellation", {"reason": "customer"})
    again = shop.call("POST", "/orders/W-000001/cancellation", {"reason": "customer"})
    assert reply.body == again.body
    assert reply.body["state"] == "cancelled"
    assert shop.kinds()[-3:] == ["payment.captured", "order.cancelled", "payment.voided"]
    assert shop.system.ledger.facts[-1].data == {"amount_minor": 3000}
    assert shop.buy("r2", CUP=10).status == 201
    late = shop.call("POST", "/orders/W-000001/captures", {"amount_minor": 1, "reference": "INV-1"})
    assert late.body["type"] == "urn:problem:authorisation-voided"


def test_captures_stop_at_the_authorisation_and_are_not_told_apart_by_reference(shop: Shop) -> None:
    shop.buy("r1", CUP=2)
    body = {"amount_minor": 400, "reference": "INV-1"}
    first = shop.call("POST", "/orders/W-000001/captures", body, idempotency_key="k1")
    again = shop.call("POST", "/orders/W-000001/captures", body, idempotency_key="k1")
    careless = shop.call("POST", "/orders/W-000001/captures", body)
    assert first.body == again.body == {"capture": "CAP-000001", **body}
    assert careless.body["capture"] == "CAP-000002"
    over = shop.call("POST", "/orders/W-000001/captures", {**body, "amount_minor": 201})
    assert (over.status, over.body["type"]) == (409, "urn:problem:over-authorised")
    listed = shop.call("GET", "/orders/W-000001/captures").body["items"]
    assert [c["capture"] for c in listed] == ["CAP-000001", "CAP-000002"]


def test_orders_on_account_have_no_authorisation(shop: Shop) -> None:
    shop.buy("r1", "account", CUP=2)
    assert shop.kinds() == ["order.accepted"]
    reply = shop.call("POST", "/orders/W-000001/captures", {"amount_minor": 1, "reference": "INV-1"})
    assert reply.body["type"] == "urn:problem:no-authorisation"


def test_fulfilments_are_kept_once_for_a_key(shop: Shop) -> None:
    shop.buy("r1", CUP=2)
    body = {"reference": "OUT-1", "tracking": "TRK1", "lines": [{"line": 1, "sku": "CUP", "quantity": 2}]}
    for _ in range(2):
        reply = shop.call("POST", "/orders/W-000001/fulfilments", body, idempotency_key="f1")
        assert reply.status == 201
    assert shop.kinds().count("order.fulfilled") == 1
    assert shop.call("GET", "/orders/W-000001/fulfilments").body["items"] == [reply.body]
    wrong = {**body, "lines": [{"line": 1, "sku": "LAMP", "quantity": 2}]}
    assert shop.call("POST", "/orders/W-000001/fulfilments", wrong).body["type"] == "urn:problem:unknown-line"


def test_facts_carry_the_trace_and_the_fence_of_the_call(shop: Shop) -> None:
    shop.buy("r1", CUP=2)
    trace = "ab" * 16
    body = {"status": "accepted", "version": 1}
    header = f"00-{trace}-{'cd' * 8}-01"
    shop.call("POST", "/orders/W-000001/status", body, traceparent=header, x_fencing_token="5")
    fact = shop.system.ledger.facts[-1]
    assert (fact.trace, fact.fence) == (trace, 5)


def test_an_order_that_was_handed_out_does_not_change_afterwards(shop: Shop) -> None:
    before = shop.buy("r1", CUP=2).body
    shop.call("POST", "/orders/W-000001/status", {"status": "accepted", "version": 1})
    assert before["status"] == "received"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/orders/W-9", None, 404, "unknown-order"),
        ("POST", "/orders/W-9/status", {"status": "accepted", "version": 1}, 404, "unknown-order"),
        ("GET", "/orders?cursor=zebra", None, 422, "invalid-cursor"),
        ("GET", "/orders?cursor=99", None, 422, "invalid-cursor"),
        ("GET", "/orders?limit=501", None, 422, "invalid-request"),
        ("GET", "/orders?page=2", None, 422, "invalid-request"),
        ("POST", "/stock", {"watermark": 0, "items": [], "mode": "delta"}, 422, "invalid-request"),
        ("POST", "/stock", {"watermark": "0", "items": []}, 422, "invalid-request"),
        ("POST", "/stock", None, 422, "invalid-request"),
        ("DELETE", "/orders", None, 405, "method-not-allowed"),
        ("GET", "/nowhere", None, 404, "not-found"),
    ],
)
def test_what_does_not_fit_is_a_problem(
    shop: Shop, method: str, path: str, body: object, status: int, code: str
) -> None:
    reply = shop.call(method, path, body)
    assert (reply.status, reply.body["type"]) == (status, f"urn:problem:{code}")
    assert reply.headers["content-type"] == "application/problem+json"


def test_the_catalogue_comes_in_pages(shop: Shop) -> None:
    first = shop.call("GET", "/catalogue?limit=2").body
    assert [item["sku"] for item in first["items"]] == ["CUP", "LAMP"]
    last = shop.call("GET", f"/catalogue?limit=2&cursor={first['next_cursor']}").body
    assert (last["items"][0]["sku"], last["next_cursor"]) == ("TIN", None)
