"""A proxy that is no more than one: long bodies, streams, broken systems, odd callers, and what is told of calls."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.mock_systems.live.served import eventually, free_port
from tests.sandbox.worlds.live.proxy.before import Counting, Proxy, proxying


@pytest.fixture
def proxy(standing: Proxy) -> Proxy:
    return standing


def test_long_bodies_pass_both_ways(proxy: Proxy, system: Counting) -> None:
    system.again()
    sent, back = b"s" * 3_000_000, b"b" * 3_000_000
    system.reply = (200, {"content-type": "application/octet-stream"}, back)
    assert proxy.http.post("/files", content=sent).content == back
    assert system.heard[0][3] == sent

    def parts() -> Iterator[bytes]:
        for _ in range(30):
            yield b"p" * 100_000

    system.reply = (200, {"content-type": "application/json"}, json.dumps("j" * 2_000_000).encode())
    assert len(proxy.http.put("/files", content=parts()).json()) == 2_000_000
    assert len(system.heard[1][3]) == 3_000_000


def test_a_stream_reaches_the_caller_while_it_goes_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, proxying(tmp_path, _url(listener)) as proxy:
        go_on, ended = threading.Event(), threading.Event()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                )
                connection.sendall(b"5\r\nfirst\r\n")
                go_on.wait(5)
                connection.sendall(b"6\r\nsecond\r\n0\r\n\r\n")
            ended.set()

        thread = threading.Thread(target=serve)
        thread.start()
        with proxy.http.stream("GET", "/events") as reply:
            parts = reply.iter_bytes()
            assert next(parts) == b"first"
            go_on.set()
            assert b"".join(parts) == b"second"
        thread.join()


def test_a_system_that_is_away_is_told_from_one_that_broke_off(tmp_path: Path) -> None:
    with proxying(tmp_path / "away", f"http://127.0.0.1:{free_port()}") as proxy:
        reply = proxy.http.post("/invoices", json={})
        assert (reply.status_code, reply.json()["type"]) == (502, "urn:problem:not-reached")
    with socket.create_server(("127.0.0.1", 0)) as listener, proxying(tmp_path / "off", _url(listener)) as proxy:

        def hang_up() -> None:
            connection, _ = listener.accept()
            connection.recv(65_536)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(httpx.TransportError):
            proxy.http.post("/invoices", json={})
        thread.join()


def test_callers_that_make_no_sense_get_a_400_and_the_others_go_on(proxy: Proxy, system: Counting) -> None:
    system.again()
    with socket.create_connection(("127.0.0.1", proxy.port), 3) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400")
    with socket.create_connection(("127.0.0.1", proxy.port), 3) as raw:
        raw.sendall(b"GET /items HTTP/1.1\r\nhost: x\r\n\r\n" * 2)
        heard = b""
        while heard.count(b"INV-0000") < 4:
            heard += raw.recv(1000)
    assert proxy.http.head("/items").status_code == 201
    assert proxy.http.get("/items").status_code == 201


def test_calls_are_told_in_their_order_with_what_their_callers_were_given(tmp_path: Path, system: Counting) -> None:
    system.again()
    with proxying(tmp_path, system.url) as proxy:
        proxy.admin(
            "PUT", "/faults", {"calls": [{"id": "F", "kind": "throttle", "operation": "listItems", "retry_after_s": 3}]}
        )
        system.delay_s = 0.4
        first = threading.Thread(target=proxy.http.post, args=("/invoices",), kwargs={"json": {"sales_order": "X"}})
        first.start()
        eventually(lambda: system.heard)
        proxy.http.get("/items")
        assert proxy.admin("GET", "/calls")["items"] == [], "the first call has no answer yet"
        first.join()
        page = proxy.admin("GET", "/calls")
        told = [(call["seq"], call["operation"], call["status"], call["retry_after"]) for call in page["items"]]
        assert told == [(1, "postInvoice", 201, None), (2, "listItems", 429, "3")]
        assert page["items"][0]["after_us"] > 350_000
        assert page["now_us"] >= page["items"][1]["at_us"]
        status = proxy.admin("GET", "/status")
        assert status["by_operation"] == {"postInvoice": 1, "listItems": 1}
        assert status["peak_concurrency"] == 2
        assert status["peak_per_minute"] in (1, 2), "a minute may have ended between them"


def test_secrets_stay_out_of_the_log(proxy: Proxy) -> None:
    proxy.http.get("/items", headers={"authorization": "Bearer very-secret"})
    assert "very-secret" not in proxy.log.read_text()


def test_a_wrong_file_a_missing_token_and_a_taken_port_end_with_2(tmp_path: Path, proxy: Proxy) -> None:
    def refused(text: str, environment: dict[str, str]) -> str:
        file = tmp_path / "proxy.json"
        file.write_text(text)
        command = [sys.executable, "-m", "sandbox.worlds.live.proxy_process", str(file)]
        ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=20)
        assert ended.returncode == 2, ended.stderr
        return ended.stderr

    whole = json.loads(proxy.file.read_text())
    assert "cannot listen" in refused(json.dumps(whole), proxy.environment)
    bare = {name: value for name, value in proxy.environment.items() if name != "SANDBOX_TOKEN_ADMIN"}
    assert "SANDBOX_TOKEN_ADMIN" in refused(json.dumps(whole), bare)
    whole["system"]["url"] = "https://user:secret@erp.example.com"
    assert "no password" in refused(json.dumps(whole), proxy.environment)


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"
