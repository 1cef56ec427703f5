"""Real bytes through an ASGI app within one instant."""

import asyncio
from typing import Any

import pytest

from mock_systems.kit.wire import Answer, Reply, Request
from sandbox.worlds.virtual.asgi import AsgiExchange
from sandbox.worlds.virtual.errors import VirtualWorldError


def app_that(status: int, raw: bytes, media: bytes, answer: Answer | None) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        first = await receive()
        assert (await receive())["type"] == "http.disconnect"
        app.seen = (scope, first["body"])
        if answer is not None:
            scope["state"]["virtual"]["answer"] = answer
        await send({"type": "http.response.start", "status": status, "headers": [(b"Content-Type", media)]})
        await send({"type": "http.response.body", "body": raw[:3], "more_body": True})
        await send({"type": "http.response.body", "body": raw[3:]})

    return app


def test_status_headers_and_body_come_from_the_bytes_and_the_timing_from_the_answer() -> None:
    app = app_that(201, b'{"invoice":"INV-1"}', b"application/json", Answer(Reply(999), 42, refused=False))
    request = Request("POST", "/a b", {"cursor": "1&2"}, {"x-a": "1"}, {"total": 1})
    answer = AsgiExchange("erp", app)(request, 77)
    assert answer == Answer(Reply(201, {"invoice": "INV-1"}, {"content-type": "application/json"}), 42)
    scope, raw = app.seen
    assert raw == b'{"total":1}'
    assert scope["state"]["virtual"]["now_us"] == 77
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/a b", b"/a%20b", b"cursor=1%262")
    assert {(b"content-length", b"11"), (b"content-type", b"application/json")} <= set(scope["headers"])


@pytest.mark.parametrize(
    ("raw", "media", "body"),
    [
        (b"", b"application/json", None),
        (b"<html>", b"text/html", "<html>"),
        (b'{"cut of', b"application/json", '{"cut of'),
        (b"[1]", b"application/problem+json", [1]),
    ],
)
def test_bodies_are_read_as_any_client_would(raw: bytes, media: bytes, body: Any) -> None:
    reply = AsgiExchange("erp", app_that(200, raw, media, Answer(Reply(200))))(Request("GET", "/"), 0).reply
    assert reply is not None
    assert reply.body == body


def test_no_reply_stays_no_reply() -> None:
    answer = Answer(None, 5, reset=True)
    assert AsgiExchange("erp", app_that(204, b"", b"", answer))(Request("GET", "/"), 0) == answer


def test_an_app_that_waits_or_leaves_no_answer_is_named() -> None:
    async def waits(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0)

    with pytest.raises(VirtualWorldError, match=r"erp: the app waited for .* in GET /x; .*async def"):
        AsgiExchange("erp", waits)(Request("GET", "/x"), 0)
    with pytest.raises(VirtualWorldError, match="left no Answer"):
        AsgiExchange("erp", app_that(200, b"", b"", None))(Request("GET", "/x"), 0)
    with pytest.raises(TypeError, match="erp POST /x: the body is not JSON"):
        AsgiExchange("erp", app_that(200, b"", b"", None))(Request("POST", "/x", body={"s": {1}}), 0)
