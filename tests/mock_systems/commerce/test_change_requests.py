"""Shoppers change their minds: what they may ask, what the integration answers, and what the books say then."""

from __future__ import annotations

from typing import Any

import pytest

from mock_systems.kit.wire import Reply
from tests.mock_systems.shop import Shop, basket

LEEDS = {"name": "Ada", "country": "GB", "postcode": "LS9 9ZZ"}


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.buy("r1", CUP=4, LAMP=2)
    return shop


def ask(shop: Shop, what: str, body: Any) -> Reply:
    return shop.call("POST", f"/orders/W-000001/{what}", body, token="shopper-commerce")


def cancel(shop: Shop) -> Reply:
    return ask(shop, "cancellation-requests", {"reason": "changed my mind"})


def edit(shop: Shop, *lines: tuple[int, int], **more: Any) -> Reply:
    return ask(shop, "edits", {"lines": [{"line": line, "quantity": quantity} for line, quantity in lines], **more})


def available(shop: Shop, sku: str) -> int:
    return int(next(row["available"] for row in shop.call("GET", "/stock").body["items"] if row["sku"] == sku))


def test_a_cancellation_is_asked_for_once_and_shown_in_the_list(shop: Shop) -> None:
    first, again = cancel(shop), cancel(shop)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert (first.body["request"], first.body["kind"], first.body["state"]) == ("CXR-000001", "cancellation", "open")
    assert shop.kinds()[2:] == ["cancellation.requested"]
    (listed,) = shop.call("GET", "/orders?cursor=1").body["items"]
    assert listed["requests"] == [first.body]


def test_only_shoppers_ask_and_only_the_integration_answers(shop: Shop) -> None:
    assert shop.call("POST", "/orders/W-000001/cancellation-requests", {"reason": "x"}).status == 403
    cancel(shop)
    assert ask(shop, "cancellation-requests/CXR-000001/refusal", {"reason": "x"}).status == 403


def test_a_granted_cancellation_settles_its_request(shop: Shop) -> None:
    cancel(shop)
    order = shop.call("POST", "/orders/W-000001/cancellation", {"reason": "asked for"}).body
    assert (order["state"], order["requests"][0]["state"]) == ("cancelled", "granted")
    path = "/orders/W-000001/cancellation-requests/CXR-000001/refusal"
    assert shop.call("POST", path, {"reason": "late"}).body["type"] == "urn:problem:already-granted"
    assert cancel(shop).body["type"] == "urn:problem:order-cancelled"


def test_a_refused_cancellation_may_be_asked_for_again(shop: Shop) -> None:
    cancel(shop)
    path = "/orders/W-000001/cancellation-requests/CXR-000001/refusal"
    assert [shop.call("POST", path, {"reason": "waved"}).status for _ in range(2)] == [200, 200]
    assert shop.kinds()[2:] == ["cancellation.requested", "cancellation.refused"]
    assert cancel(shop).body["request"] == "CXR-000002"


def test_an_edit_gives_back_stock_and_lowers_the_authorisation(shop: Shop) -> None:
    asked = edit(shop, (1, 1), (2, 0), ship_to=LEEDS).body
    assert asked["lines"] == [{"line": 1, "sku": "CUP", "quantity": 1, "price_minor": 500}]
    assert (asked["revision"], asked["total_minor"]) == (1, 500)
    assert available(shop, "CUP") == 6
    order = shop.call("POST", "/orders/W-000001/edits/EDT-000001/acceptance").body
    again = shop.call("POST", "/orders/W-000001/edits/EDT-000001/acceptance").body
    assert order == again
    assert (order["total_minor"], order["revision"], order["ship_to"]) == (500, 1, LEEDS)
    assert (available(shop, "CUP"), available(shop, "LAMP")) == (9, 5)
    edited, reduced = shop.system.ledger.facts[-2:]
    assert (edited.kind, edited.data["by"], edited.data["edit"]) == ("order.edited", "shopper", "EDT-000001")
    assert (reduced.kind, reduced.data) == ("payment.reduced", {"amount_minor": 2500})
    over = shop.call("POST", "/orders/W-000001/captures", {"amount_minor": 501, "reference": "INV-1"})
    assert over.body["type"] == "urn:problem:over-authorised"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([(1, 5)], "more-than-ordered"),
        ([(3, 1)], "unknown-line"),
        ([(1, 0), (2, 0)], "nothing-left"),
        ([(1, 4)], "nothing-changes"),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused_at_once(shop: Shop, lines: list[tuple[int, int]], code: str) -> None:
    assert edit(shop, *lines).body["type"] == f"urn:problem:{code}"
    assert len(shop.kinds()) == 2


def test_one_request_at_a_time_and_none_after_the_goods_have_left(shop: Shop) -> None:
    edit(shop, (1, 2))
    assert edit(shop, (1, 2)).status == 200
    assert edit(shop, (1, 3)).body["type"] == "urn:problem:request-open"
    assert cancel(shop).body["type"] == "urn:problem:request-open"
    shop.call("POST", "/orders/W-000001/edits/EDT-000001/refusal", {"reason": "waved"})
    shop.call("POST", "/orders/W-000001/status", {"status": "shipped", "version": 1})
    assert cancel(shop).body["type"] == edit(shop, (1, 2)).body["type"] == "urn:problem:too-late"


def test_a_cancelled_order_ends_its_open_edit(shop: Shop) -> None:
    edit(shop, (1, 2))
    shop.call("POST", "/orders/W-000001/cancellation", {"reason": "credit"})
    assert shop.system.ledger.facts[-2].kind == "edit.refused"
    assert shop.call("POST", "/orders/W-000001/edits/EDT-000001/acceptance").status == 409


def test_a_substitute_is_a_line_of_its_own_at_the_same_price() -> None:
    shop = Shop()
    body = {"line": 1, "quantity": 2, "substitute": "LAMP"}
    shop.buy("r1", CUP=5)
    assert shop.call("POST", "/orders/W-000001/substitutions", body).body["type"] == "urn:problem:no-substitutes"
    shop.call("POST", "/orders", {**basket("r2", CUP=5), "substitutes": True}, token="shopper-commerce")
    order = shop.call("POST", "/orders/W-000002/substitutions", body, idempotency_key="k").body
    assert order == shop.call("POST", "/orders/W-000002/substitutions", body, idempotency_key="k").body
    assert [(x["line"], x["sku"], x["quantity"]) for x in order["lines"]] == [(1, "CUP", 3), (2, "LAMP", 2)]
    assert (available(shop, "CUP"), available(shop, "LAMP")) == (2, 3)
    rest = {"line": 1, "quantity": 3, "substitute": "LAMP"}
    order = shop.call("POST", "/orders/W-000002/substitutions", rest).body
    assert [(x["line"], x["quantity"]) for x in order["lines"]] == [(2, 2), (3, 3)]
    assert shop.system.ledger.facts[-1].data["by"] == "core"
