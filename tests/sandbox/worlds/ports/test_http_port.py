"""What the core may rely on when it calls a system, held against both worlds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from mock_systems.kit.wire import Answer, Reply
from sandbox.core.ports import (
    CallTimedOut,
    ConnectFailed,
    ConnectionLost,
    Http,
    HttpReply,
    HttpRequest,
    TransportError,
)
from tests.sandbox.worlds.ports.http_arms import ARMS, Exchange

Arm = Callable[..., Exchange]
TIMEOUT_US = 400_000


@pytest.fixture(params=ARMS)
def arm(request: pytest.FixtureRequest) -> Arm:
    return ARMS[request.param]


def invoice(**fields: Any) -> HttpRequest:
    return HttpRequest("POST", "/invoices", **{"timeout_us": TIMEOUT_US, "body": {"order": "A-1"}, **fields})


async def outcome(http: Http, request: HttpRequest) -> HttpReply | TransportError:
    try:
        return await http.send(request)
    except TransportError as error:
        return error


def one(request: HttpRequest) -> Callable[[Http], Any]:
    async def calls(http: Http) -> HttpReply | TransportError:
        return await outcome(http, request)

    return calls


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("POST", "/invoices", {}, {"order": "A-1", "total_minor": 1999, "note": "Grüße, 東京", "tax": None}),
        ("GET", "/orders/A 1%2F?x#y", {}, None),
        ("GET", "/orders", {"cursor": "a&b=c d", "limit": "50"}, None),
        ("PUT", "/stock/ÄÖ-7", {}, []),
        ("DELETE", "/subscriptions/sub-1", {}, None),
        ("POST", "/waves/release", {}, None),
    ],
)
def test_what_is_sent_arrives_as_it_was(arm: Arm, method: str, path: str, query: dict[str, str], body: Any) -> None:
    headers = {"authorization": "Bearer t", "idempotency-key": "INV:A-1", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    done = arm([], one(HttpRequest(method, path, query, headers, body, TIMEOUT_US)))
    assert done.result.status == 200
    (arrived,) = done.arrived
    assert (arrived.method, arrived.path, arrived.query, arrived.body) == (method, path, query, body)
    assert arrived.headers.items() >= headers.items()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(201, {"invoice": "INV-1", "lines": [{"n": 1, "ä": "ö"}]}),
        Reply(204),
        Reply(409, {"type": "urn:problem:credit-hold"}, {"content-type": "application/problem+json"}),
        Reply(429, None, {"retry-after": "7"}),
        Reply(500, {}),
        Reply(502, "<html>Bad gateway</html>", {"content-type": "text/html"}),
        Reply(200, '{"order": ', {"content-type": "application/json"}),
    ],
)
def test_any_status_is_a_reply(arm: Arm, reply: Reply) -> None:
    got = arm([Answer(reply, 20_000)], one(invoice())).result
    assert (got.status, got.body) == (reply.status, reply.body)
    assert got.headers.items() >= reply.headers.items()


def test_a_refused_connection_certainly_had_no_effect(arm: Arm) -> None:
    done = arm([Answer(None, refused=True)], one(invoice()))
    assert type(done.result) is ConnectFailed
    assert not done.result.unknown
    assert "erp POST /invoices" in str(done.result)
    assert done.took_s < 0.3


def test_a_connection_that_breaks_leaves_the_outcome_unknown(arm: Arm) -> None:
    done = arm([Answer(None, 50_000, reset=True)], one(invoice()))
    assert type(done.result) is ConnectionLost
    assert done.result.unknown
    assert len(done.arrived) == 1, "it is not sent a second time"
    assert 0.05 <= done.took_s < 0.3


@pytest.mark.parametrize("answer", [Answer(None), Answer(Reply(201, {}), 900_000)], ids=["silence", "slow"])
def test_a_deadline_is_kept_and_the_outcome_unknown(arm: Arm, answer: Answer) -> None:
    done = arm([answer], one(invoice()))
    assert type(done.result) is CallTimedOut
    assert str(done.result) == "erp POST /invoices: no reply within 0.4 s"
    assert len(done.arrived) == 1
    assert 0.39 <= done.took_s < 0.7


def test_a_reply_before_the_deadline_counts(arm: Arm) -> None:
    done = arm([Answer(Reply(201, {"n": 1}), 200_000)], one(invoice()))
    assert done.result.status == 201
    assert 0.2 <= done.took_s < 0.4


def test_a_deadline_is_each_calls_own(arm: Arm) -> None:
    async def calls(http: Http) -> list[Any]:
        return await asyncio.gather(
            *(outcome(http, invoice(timeout_us=us)) for us in (100_000, 2_000_000, 100_000, 2_000_000))
        )

    done = arm([Answer(Reply(200, {}), 300_000) for _ in range(4)], calls)
    assert [type(result) for result in done.result] == [CallTimedOut, HttpReply, CallTimedOut, HttpReply]
    assert done.took_s < 0.9


@pytest.mark.parametrize(
    "trouble",
    [Answer(None, 1_000, reset=True), Answer(None), Answer(Reply(500, "no", {"content-type": "text/plain"}))],
    ids=["reset", "silence", "error"],
)
def test_the_next_call_is_none_the_worse_for_the_last(arm: Arm, trouble: Answer) -> None:
    async def calls(http: Http) -> list[Any]:
        return [await outcome(http, invoice(timeout_us=100_000)) for _ in range(3)]

    _, second, third = arm([trouble], calls).result
    assert (second.status, second.body) == (200, {"n": 2})
    assert (third.status, third.body) == (200, {"n": 3})


def test_a_caller_that_is_cancelled_hears_nothing_and_the_request_arrived(arm: Arm) -> None:
    async def calls(http: Http) -> Any:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await http.send(invoice())
        return await outcome(http, invoice(body={"order": "A-2"}))

    done = arm([Answer(Reply(200, {"late": True}), 200_000)], calls)
    assert done.result.body == {"n": 2}, "the reply to the first call is not taken for the second's"
    assert [request.body for request in done.arrived] == [{"order": "A-1"}, {"order": "A-2"}]


def test_many_calls_at_once_do_not_mix_their_replies(arm: Arm) -> None:
    async def calls(http: Http) -> list[Any]:
        return await asyncio.gather(*(outcome(http, invoice(body={"n": n}, timeout_us=5_000_000)) for n in range(40)))

    done = arm([], calls)
    said = {request.body["n"]: n for n, request in enumerate(done.arrived, 1)}
    assert [got.body["n"] for got in done.result] == [said[n] for n in range(40)]
