"""The Http port before real sockets: kept connections, bounds, and replies that end in the middle."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.core.ports import CallTimedOut, ConnectFailed, ConnectionLost, HttpRequest, TransportError
from sandbox.worlds.live.core.network import HttpLine, LineConfig
from tests.sandbox.worlds.ports.http_arms import free_port
from tests.sandbox.worlds.ports.scripted_server import (
    ScriptedServer,
    Write,
    dripping,
    head_of,
    raw_then_close,
    reply,
    silence,
)

Play = Callable[[HttpLine, ScriptedServer], Awaitable[Any]]


def order(timeout_us: int = 2_000_000, **fields: Any) -> HttpRequest:
    return HttpRequest("POST", "/orders", timeout_us=timeout_us, body={"order": "A-1"}, **fields)


class Notes:
    """Hears what a line notices."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, Any]] = []

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        self.heard.append((kind, entity, detail["trace"]))


def played(
    play: Play, *steps: Write, config: LineConfig | None = None, path: str = "", notes: Notes | None = None
) -> ScriptedServer:
    async def run() -> ScriptedServer:
        async with ScriptedServer(list(steps)).serving() as server:
            line = HttpLine("erp", server.url + path, config, notes)
            try:
                await play(line, server)
            finally:
                await line.aclose()
            return server

    return asyncio.run(run())


def broken(*steps: Write, timeout_us: int = 8_000_000) -> tuple[TransportError, ScriptedServer]:
    caught: list[TransportError] = []

    async def play(line: HttpLine, _: ScriptedServer) -> None:
        with pytest.raises(TransportError) as error:
            await line.send(order(timeout_us))
        caught.append(error.value)

    server = played(play, *steps)
    return caught[0], server


@pytest.mark.parametrize(
    "step",
    [
        raw_then_close(head_of(200, {}, 100) + b'{"half":'),
        raw_then_close(head_of(200, {}, 100) + b'{"half":', reset=True),
        raw_then_close(b"HTTP/1.1 200 Wha"),
        raw_then_close(b""),
        raw_then_close(b"220 smtp.example.org ESMTP\r\n\r\n"),
        raw_then_close(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
    ],
    ids=["half body", "half body, reset", "half head", "no reply", "no HTTP", "half chunk"],
)
def test_a_reply_that_is_not_whole_leaves_the_outcome_unknown(step: Write) -> None:
    error, server = broken(step)
    assert type(error) is ConnectionLost
    assert len(server.arrived) == 1


def test_the_deadline_is_for_the_whole_reply_not_for_each_byte() -> None:
    whole = head_of(200, {}, 2) + b"{}"
    error, _ = broken(dripping(whole, 0.02), timeout_us=300_000)
    assert type(error) is CallTimedOut


def test_a_reply_without_end_is_not_kept() -> None:
    error, _ = broken(raw_then_close(head_of(200, {}, 20_000_000) + bytes(17_000_000)), timeout_us=5_000_000)
    assert type(error) is ConnectionLost
    assert "longer than" in str(error)


def test_calls_in_a_row_share_a_connection() -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        for _ in range(5):
            await line.send(order())

    server = played(play)
    assert (len(server.arrived), server.connections) == (5, 1)


def test_a_kept_connection_that_the_system_closed_costs_no_call() -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        await line.send(order())
        server.writers[0].close()
        await asyncio.sleep(0.05)
        got = await line.send(order())
        assert got.body == {"n": 2}

    server = played(play)
    assert (len(server.arrived), server.connections) == (2, 2)


@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
def test_a_kept_connection_that_breaks_with_a_request_on_it_is_not_hidden(method: str) -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        await line.send(order())
        with pytest.raises(ConnectionLost):
            await line.send(HttpRequest(method, "/orders/A-1", timeout_us=2_000_000))

    server = played(play, reply(200, {}), raw_then_close(b""))
    assert (len(server.arrived), server.connections) == (2, 1), "the second request had arrived, and came once"


def test_connections_are_left_before_the_system_closes_them() -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        await line.send(order())
        await asyncio.sleep(0.2)
        await line.send(order())

    assert played(play, config=LineConfig(idle_s=0.1)).connections == 2


def test_no_more_connections_than_allowed_and_waiting_for_one_is_no_unknown_outcome() -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        held = [asyncio.create_task(line.send(order(600_000))) for _ in range(2)]
        await asyncio.sleep(0.1)
        with pytest.raises(ConnectFailed, match=r"no connection within 0\.2 s"):
            await line.send(order(200_000))
        assert [type(error) for error in await asyncio.gather(*held, return_exceptions=True)] == [CallTimedOut] * 2

    server = played(play, silence, silence, config=LineConfig(connections=2))
    assert (server.connections, len(server.arrived)) == (2, 2)


def test_waiting_callers_get_the_connections_that_become_free() -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        await asyncio.gather(*(line.send(order()) for _ in range(12)))

    server = played(play, *(reply(200, {}, after_s=0.02) for _ in range(12)), config=LineConfig(connections=3))
    assert (server.connections, len(server.arrived)) == (3, 12)


def test_a_system_that_takes_no_connection_was_never_reached() -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
            address = listener.getsockname()
            filling = [socket.socket() for _ in range(4)]
            for one in filling:
                one.setblocking(False)
                one.connect_ex(address)
            line = HttpLine("erp", f"http://127.0.0.1:{address[1]}")
            try:
                with pytest.raises(ConnectFailed, match="no connection within"):
                    await line.send(order(300_000))
            finally:
                await line.aclose()
                for one in filling:
                    one.close()

    asyncio.run(run())


def test_a_system_that_speaks_no_tls_was_never_reached() -> None:
    async def run() -> None:
        async with ScriptedServer().serving() as server:
            line = HttpLine("erp", server.url.replace("http:", "https:"))
            try:
                with pytest.raises(ConnectFailed):
                    await line.send(order(500_000))
                await asyncio.sleep(0.05)
                assert (server.connections, server.open, server.arrived) == (1, 0, [])
            finally:
                await line.aclose()

    asyncio.run(run())


def test_a_header_that_no_wire_can_carry_is_never_sent() -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        with pytest.raises(ConnectFailed, match="can't be sent"):
            await line.send(order(headers={"idempotency-key": "A\r\nx: y"}))
        assert (await line.send(order())).status == 200

    assert len(played(play).arrived) == 1


def test_a_redirection_is_a_reply_like_any_other() -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        assert (await line.send(order())).status == 307

    assert len(played(play, reply(307, {}, {"location": "/elsewhere"})).arrived) == 1


def test_the_path_of_the_url_stands_before_each_path() -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        await line.send(order())

    assert played(play, path="/tenant/7/").arrived[0].path == "/tenant/7/orders"


@pytest.mark.parametrize("url", ["ftp://erp", "erp:8080", "http://", ""])
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no http or https URL"):
        HttpLine("erp", url)


def test_a_port_at_which_nobody_listens_is_refused_at_once() -> None:
    async def run() -> None:
        line = HttpLine("erp", f"http://127.0.0.1:{free_port()}")
        try:
            with pytest.raises(ConnectFailed):
                await line.send(order())
        finally:
            await line.aclose()

    asyncio.run(run())


def test_calls_without_a_reply_are_noted_with_their_trace() -> None:
    async def play(line: HttpLine, server: ScriptedServer) -> None:
        traced = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
        for request in (order(100_000, headers=traced), order(), order()):
            try:
                await line.send(request)
            except TransportError:
                continue

    notes = Notes()
    played(play, silence, raw_then_close(b""), notes=notes)
    assert notes.heard == [("call.timed-out", "erp POST /orders", "a" * 32), ("call.broken", "erp POST /orders", None)]


class Sought:
    """A finder that finds nothing, and keeps what was sought."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        self.names.append(name)


def test_no_module_is_sought_on_the_disk_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    sought = Sought()

    async def play(line: HttpLine, server: ScriptedServer) -> None:
        await line.send(order())
        monkeypatch.setattr("sys.meta_path", [sought, *sys.meta_path])
        await line.send(order())

    played(play)
    assert sought.names == []
