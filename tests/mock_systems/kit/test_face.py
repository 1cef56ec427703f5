"""Real bytes through the app reach the same books and get the same replies as direct calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from mock_systems.kit.door import DoorConfig
from mock_systems.kit.face import Standing, asgi_app, lean_app
from mock_systems.kit.faults import CallFault
from mock_systems.kit.wire import Answer, Reply, Request
from tests.mock_systems.asgi import call, exchange, scope_of
from tests.mock_systems.shop import START_US, Shop, basket

AppOf = Callable[[Shop], Any]
leaf = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
)
anything = st.recursive(leaf, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3))
orders = st.sampled_from(("W-000001", "W-000002", "W-000009", "Ã©"))
lines = st.fixed_dictionaries({"line": st.integers(1, 2), "sku": st.just("CUP"), "quantity": st.integers(1, 3)})


def _post(path: str, body: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[str, str, Any]]:
    return st.tuples(st.just("POST"), orders.map(lambda order: path.replace("{}", order)), body | anything)


def _fixed(**values: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in values.items()})


baskets = st.builds(
    lambda n, payment, cups: basket(f"r{n}", payment, CUP=cups),
    st.integers(0, 3),
    st.sampled_from(("card", "account", "cash")),
    st.integers(0, 6),
)
item = _fixed(sku=st.sampled_from(("CUP", "X")), quantity=st.integers(-1, 9), version=st.integers(0, 9))
calls = st.one_of(
    _post("/orders", baskets),
    _post("/orders/{}/status", _fixed(status=st.sampled_from(("shipped", "lost")), version=1)),
    _post("/orders/{}/captures", _fixed(amount_minor=st.integers(0, 900), reference="INV")),
    _post("/orders/{}/cancellation", _fixed(reason="x")),
    _post("/orders/{}/fulfilments", _fixed(reference="OUT", tracking="T", lines=st.lists(lines, max_size=2))),
    _post("/stock", _fixed(watermark=st.integers(0, 3), items=st.lists(item, max_size=3))),
    st.tuples(
        st.sampled_from(("GET", "PUT", "DELETE", "HEAD")),
        st.sampled_from(
            ("/orders", "/orders/W-000001", "/orders/W-000001/captures", "/stock", "/catalogue", "/x", "/orders/", "/")
        ),
        st.none(),
    ),
)
queries = st.just({}) | st.fixed_dictionaries({"limit": st.sampled_from(("1", "0", "x", "501"))}) | _fixed(cursor="1")
headers = st.fixed_dictionaries(
    {"authorization": st.sampled_from(("Bearer core-commerce", "Bearer shopper-commerce", "Bearer x"))},
    optional={"idempotency-key": st.sampled_from(("k1", "k2")), "x-fencing-token": st.just("4")},
)


def _app(shop: Shop) -> FastAPI:
    return asgi_app(shop.system)


def _lean(shop: Shop) -> ASGIApp:
    return lean_app(shop.system, Standing(shop.system))


APPS = pytest.mark.parametrize("app_of", [_app, _lean], ids=["FastAPI", "lean"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(calls, queries, headers), min_size=1, max_size=8), st.booleans(), st.sampled_from((_app, _lean))
)
def test_bytes_and_direct_calls_agree(
    requests: list[tuple[tuple[str, str, Any], dict, dict]], limited: bool, app_of: AppOf
) -> None:
    config = DoorConfig(service_ms=50, per_minute=4 if limited else None)
    direct, wire = Shop(config), Shop(config)
    for shop in (direct, wire):
        shop.buy("r0", CUP=3)
    app = app_of(wire)
    for (method, path, body), query, given_headers in requests:
        wanted = direct.system.receive(Request(method, path, query, dict(given_headers), body), START_US)
        status, got, got_headers, answer = call(app, Request(method, path, query, dict(given_headers), body), START_US)
        assert wanted.reply is not None
        assert (status, got) == (wanted.reply.status, wanted.reply.body)
        assert wanted.reply.headers.items() <= got_headers.items()
        assert (answer.reply, answer.after_us) == (wanted.reply, wanted.after_us)
    assert wire.system.ledger.facts == direct.system.ledger.facts


@APPS
def test_a_reply_is_json_with_the_headers_that_matter(app_of: AppOf) -> None:
    shop = Shop()
    request = Request("POST", "/orders", {}, {"authorization": "Bearer shopper-commerce"}, basket("r1", CUP=1))
    status, body, given_headers, _ = call(app_of(shop), request, START_US)
    assert (status, body["order"], given_headers["location"]) == (201, "W-000001", "/orders/W-000001")
    assert given_headers["content-type"] == "application/json"


@APPS
@pytest.mark.parametrize("raw", [b"{", b"NaN", b"\xff", b'{"a": Infinity}', b"[" * 100_000])
def test_bytes_that_are_not_json_are_a_problem(app_of: AppOf, raw: bytes) -> None:
    shop = Shop()
    request = Request("POST", "/stock", {}, {"authorization": "Bearer core-commerce"})
    status, body, given_headers, _ = call(app_of(shop), request, START_US, raw)
    assert (status, body["type"]) == (400, "urn:problem:malformed-json")
    assert given_headers["content-type"] == "application/problem+json"


@APPS
def test_a_body_that_is_too_large_is_a_problem(app_of: AppOf) -> None:
    shop = Shop(DoorConfig(max_body_bytes=100))
    request = Request("POST", "/stock", {}, {"authorization": "Bearer core-commerce"})
    assert call(app_of(shop), request, START_US, b" " * 101)[0] == 413
    assert call(app_of(shop), request, START_US, b" " * 99 + b"1")[0] == 422


@APPS
def test_a_broken_page_goes_out_as_it_is(app_of: AppOf) -> None:
    shop = Shop()
    shop.system.door.arm([CallFault(id="m", kind="malformed")])
    request = Request("GET", "/stock", {}, {"authorization": "Bearer core-commerce"})
    status, body, given_headers, answer = call(app_of(shop), request, START_US)
    assert (status, given_headers["content-type"]) == (200, "text/html")
    assert answer.reply is not None
    assert body == answer.reply.body
    with pytest.raises(ValueError):
        json.loads(body)


@APPS
@pytest.mark.parametrize(
    ("fault", "types"),
    [
        (CallFault(id="l", kind="lost_reply"), []),
        (CallFault(id="l", kind="lost_reply", reset=True), ["http.response.start"]),
        (CallFault(id="o", kind="refuse"), ["http.response.start"]),
    ],
)
def test_live_an_answer_that_never_comes_hangs_or_breaks_the_connection(
    app_of: AppOf, fault: CallFault, types: list[str]
) -> None:
    shop = Shop()
    shop.system.door.arm([fault])
    request = Request("GET", "/stock", {}, {"authorization": "Bearer core-commerce"})
    sent = asyncio.run(exchange(app_of(shop), scope_of(request, None), b""))
    assert [message["type"] for message in sent] == types
    fault.applied = 0


def test_in_virtual_time_a_lost_reply_is_told_to_the_network() -> None:
    shop = Shop()
    shop.system.door.arm([CallFault(id="l", kind="lost_reply", reset=True)])
    request = Request("GET", "/stock", {}, {"authorization": "Bearer core-commerce"})
    *_, answer = call(_app(shop), request, START_US)
    assert (answer.reply, answer.reset) == (None, True)


@APPS
def test_of_a_header_that_comes_twice_the_first_counts(app_of: AppOf) -> None:
    scope = scope_of(Request("GET", "/orders", {}, {"authorization": "Bearer core-commerce"}), None)
    scope["headers"].append((b"authorization", b"Bearer nobody"))
    start, _ = asyncio.run(exchange(app_of(Shop()), scope, b""))
    assert start["status"] == 200


class Fixed:
    """A life that gives one answer."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply

    def receive(self, request: Request) -> Answer:
        return Answer(self.reply)

    def seconds(self, span_us: int) -> float:
        return 0.0


@pytest.mark.parametrize(("status", "length"), [(200, b"0"), (204, None), (304, None)])
@pytest.mark.parametrize("make", [asgi_app, lean_app])
def test_a_reply_without_a_body_is_as_long_as_http_says(make: Any, status: int, length: bytes | None) -> None:
    app = make(Shop().system, Fixed(Reply(status)))
    start, end = asyncio.run(exchange(app, scope_of(Request("GET", "/orders"), None), b""))
    assert (start["status"], end.get("body", b"")) == (status, b"")
    assert dict(start["headers"]).get(b"content-length") == length
