"""Who gets in to the core over HTTP, and what becomes of the bytes."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mock_systems.kit import signing
from mock_systems.kit.live.audit import Asked, AuditTrail
from sandbox.core.ports import HttpReply, HttpRequest
from sandbox.worlds.live.core.gate import Gate
from sandbox.worlds.live.core.hub_app import HubApp
from sandbox.worlds.live.core.log import JsonLog

SECRET, OTHER = "whsec_c2VjcmV0LW9mLWVycA==", "whsec_YW5vdGhlci1zZWNyZXQ="
NOW_S = 1_800_000_000
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
BODY = {"type": "sales_order.released", "data": {"order": "A-1", "note": "Grüße"}}


class Still:
    """A clock that stands."""

    def now_us(self) -> int:
        return NOW_S * 1_000_000 + 999_999


class Heard:
    """A hub that keeps what it gets."""

    def __init__(self, reply: HttpReply | Exception) -> None:
        self.reply = reply
        self.requests: list[HttpRequest] = []

    async def receive(self, request: HttpRequest) -> HttpReply:
        self.requests.append(request)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


class Trail(AuditTrail):
    """An audit trail in memory."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))
        self.noted: list[tuple[str, str, int]] = []

    def note(self, asked: Asked, status: int) -> None:
        self.noted.append((asked.who, f"{asked.method} {asked.path}", status))


class Served:
    """An app before a hub, asked without a socket."""

    def __init__(self, reply: HttpReply | Exception | None = None, waits_for: str | None = None) -> None:
        self.hub = Heard(reply or HttpReply(200, {"received": "x"}))
        self.audit = Trail()
        self.out = io.StringIO()
        log = JsonLog(self.out, Still(), "core-1", ["own-token"])
        gate = Gate({"erp": SECRET}, "own-token", Still(), log)
        self.app = HubApp(self.hub, gate, log, lambda: waits_for, self.audit, body_bytes_most=1000)

    def ask(
        self,
        method: str,
        path: str,
        raw: bytes = b"",
        headers: dict[str, str] | None = None,
        query: bytes = b"",
        gone: bool = False,
    ) -> tuple[int, Any, dict[str, str]]:
        sent: list[dict[str, Any]] = []
        parts = [{"type": "http.request", "body": raw[:7], "more_body": True}]
        parts.append({"type": "http.disconnect"} if gone else {"type": "http.request", "body": raw[7:]})

        async def receive() -> dict[str, Any]:
            return parts.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        given = [(key.encode(), value.encode()) for key, value in (headers or {}).items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": given}
        asyncio.run(self.app(scope, receive, send))
        if not sent:
            return 0, None, {}
        body = sent[1]["body"]
        got = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
        return sent[0]["status"], json.loads(body) if body else None, got

    def webhook(self, raw: bytes, headers: dict[str, str], system: str = "erp") -> tuple[int, Any, dict[str, str]]:
        return self.ask("POST", f"/webhooks/{system}", raw, headers)

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


def raw_of(body: Any) -> bytes:
    return json.dumps(body).encode()


def signed(raw: bytes, secret: str = SECRET, at_s: int = NOW_S) -> dict[str, str]:
    signature = signing.sign(secret, "msg_1", at_s, raw)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(at_s), "webhook-signature": signature}


def test_a_webhook_that_is_signed_reaches_the_hub_as_it_was() -> None:
    served, raw = Served(), raw_of(BODY)
    assert served.webhook(raw, signed(raw))[:2] == (200, {"received": "x"})
    (request,) = served.hub.requests
    assert (request.method, request.path, request.body) == ("POST", "/webhooks/erp", BODY)
    assert request.headers["webhook-id"] == "msg_1"


@pytest.mark.parametrize("at_s", [NOW_S - 300, NOW_S + 300])
def test_a_signature_counts_within_the_replay_window(at_s: int) -> None:
    raw = raw_of(BODY)
    assert Served().webhook(raw, signed(raw, at_s=at_s))[0] == 200


def without(name: str) -> Callable[[bytes], dict[str, str]]:
    return lambda raw: {key: value for key, value in signed(raw).items() if key != name}


@pytest.mark.parametrize(
    "headers_of",
    [
        lambda raw: {},
        lambda raw: signed(raw, OTHER),
        lambda raw: signed(raw + b" "),
        lambda raw: signed(raw, at_s=NOW_S - 301),
        lambda raw: signed(raw, at_s=NOW_S + 302),
        lambda raw: {**signed(raw), "webhook-id": "msg_2"},
        lambda raw: {**signed(raw), "webhook-timestamp": "soon"},
        without("webhook-timestamp"),
        without("webhook-signature"),
        lambda raw: {"authorization": "Bearer own-token"},
    ],
)
def test_a_webhook_that_is_not_rightly_signed_never_reaches_the_hub(headers_of: Any) -> None:
    served, raw = Served(), raw_of(BODY)
    status, body, headers = served.webhook(raw, headers_of(raw))
    assert (status, body["type"]) == (401, "urn:problem:bad-signature")
    assert headers["content-type"] == "application/problem+json"
    assert not served.hub.requests
    (line,) = served.log()
    assert (line["kind"], line["entity"], line["level"]) == ("webhook.refused", "erp", "warning")


def test_a_signature_of_one_system_is_none_for_another() -> None:
    served, raw = Served(), raw_of(BODY)
    assert served.webhook(raw, signed(raw), system="wms")[0] == 404
    assert served.webhook(raw, signed(raw), system="erp/x")[0] == 404
    assert not served.hub.requests


@pytest.mark.parametrize(
    "authorization", [None, "", "own-token", "Basic own-token", "Bearer", "Bearer own-toke", "Bearer öwn-token"]
)
@pytest.mark.parametrize("path", ["/orders/A-1", "/exceptions", "/webhooks", "/", "/health/x"])
def test_the_api_is_for_those_with_its_token(path: str, authorization: str | None) -> None:
    served = Served()
    headers = {} if authorization is None else {"authorization": authorization}
    status, body, got = served.ask("GET", path, headers=headers)
    assert (status, body["type"], got["www-authenticate"]) == (401, "urn:problem:unauthenticated", "Bearer")
    assert not served.hub.requests


def test_a_query_comes_through_decoded() -> None:
    served = Served()
    served.ask("GET", "/exceptions", headers={"authorization": "bearer own-token"}, query=b"cursor=a%26b+c&empty=")
    assert served.hub.requests[0].query == {"cursor": "a&b c", "empty": ""}


def test_health_and_readiness_need_no_token_and_differ() -> None:
    served = Served(waits_for="the core recovers")
    assert served.ask("GET", "/health")[0] == 200
    status, body, _ = served.ask("GET", "/ready")
    assert (status, body["detail"]) == (503, "the core recovers")
    assert Served().ask("GET", "/ready")[0] == 200


@pytest.mark.parametrize("raw", [b"{", b'{"x": NaN}', b"\xff\xfe", b"[" * 900])
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    served = Served()
    assert served.webhook(raw, signed(raw))[0] == 400
    assert not served.hub.requests


@pytest.mark.parametrize("headers", [{}, {"content-length": "1001"}, {"content-length": "3"}])
def test_a_body_that_is_too_large_is_refused(headers: dict[str, str]) -> None:
    served, raw = Served(), b" " * 1001
    assert served.webhook(raw, {**signed(raw), **headers})[0] == 413
    assert not served.hub.requests


def test_a_caller_that_left_gets_nothing_and_has_no_effect() -> None:
    served, raw = Served(), raw_of(BODY)
    assert served.ask("POST", "/webhooks/erp", raw, signed(raw), gone=True)[0] == 0
    assert not served.hub.requests


def test_a_failure_in_the_core_is_a_500_that_tells_no_secret_and_a_log_with_its_trace() -> None:
    served, raw = Served(RuntimeError("own-token is in here")), raw_of(BODY)
    status, body, _ = served.webhook(raw, {**signed(raw), "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    assert (status, "own-token" in json.dumps(body)) == (500, False)
    (line,) = served.log()
    assert (line["kind"], line["level"], line["trace"]) == ("receive.failed", "error", TRACE)
    assert "RuntimeError" in line["traceback"]
    assert "own-token" not in served.out.getvalue()


def test_a_reply_without_a_body_has_none() -> None:
    raw = raw_of(BODY)
    assert Served(HttpReply(204)).webhook(raw, signed(raw)) == (204, None, {})
    assert Served(HttpReply(202)).webhook(raw, signed(raw)) == (202, None, {"content-length": "0"})


def test_a_secret_that_can_be_none_is_refused_before_anything_is_served() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        Gate({"erp": "hush"}, "own-token", Still(), JsonLog(io.StringIO(), Still(), "core-1"))


def test_what_is_done_with_the_cores_token_and_who_is_refused_is_written_down() -> None:
    served, raw = Served(HttpReply(202, {})), raw_of(BODY)
    own = {"authorization": "Bearer own-token"}
    served.ask("POST", "/exceptions/EXC-1/replay", headers=own)
    served.ask("POST", "/exceptions/EXC-1/replay", headers={"authorization": "Bearer erp-token"})
    served.ask("GET", "/ready")
    served.webhook(raw, signed(raw))
    assert served.audit.noted == [
        ("core", "POST /exceptions/EXC-1/replay", 202),
        ("unknown", "POST /exceptions/EXC-1/replay", 401),
    ]
    assert len(served.hub.requests) == 2
    assert served.ask("GET", "/audit", headers=own)[:2] == (200, {"items": [], "last": 0})
    assert served.ask("GET", "/audit")[0] == 401
