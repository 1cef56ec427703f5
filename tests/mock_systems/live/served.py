"""A mock system as a real process, for tests: started, called over HTTP, killed, started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from pydantic import TypeAdapter

from mock_systems.blueprints import Blueprint
from mock_systems.kit.opening import Opening

ADMIN_TOKEN = "admin-for-tests"
SECRET = "whsec_dGhpcyBpcyBhIHNlY3JldCBmb3IgdGVzdHM="


def free_port() -> int:
    """A port that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(holds: Callable[[], Any], within_s: float = 30.0) -> Any:
    """What `holds` gives as soon as that is true."""
    deadline = time.monotonic() + within_s
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {within_s} s"
        time.sleep(0.02)
    return found


def ended(process: subprocess.Popen[bytes], number: int) -> int:
    """The exit code of a process that is sent a signal, unless it has ended by itself."""
    if process.poll() is None:
        process.send_signal(number)
    code = process.wait(30)
    assert process.stdin is not None
    process.stdin.close()
    return code


class Served:
    """One process; `url` is its face, `admin_url` its admin API."""

    def __init__(self, folder: Path, blueprint: Blueprint, opening: Opening, **given: Any) -> None:
        self.name = blueprint.system
        self.port, self.admin_port = free_port(), free_port()
        self.url, self.admin_url = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.admin_port}"
        self.log = folder / f"{self.name}.log"
        self.file = folder / f"{self.name}.json"
        wanted = {
            "blueprint": blueprint.model_dump(mode="json"),
            "folder": str(folder / self.name),
            "port": self.port,
            "admin_port": self.admin_port,
            "opening": TypeAdapter(Opening).dump_python(opening, mode="json"),
            "tokens": {"CORE_TOKEN": ["integration"], "SHOPPER_TOKEN": ["shopper"]},
            "admin_token": "ADMIN_TOKEN",
            "webhook_secret": "SECRET",
            "ends_with_stdin": True,
            **given,
        }
        self.file.write_text(json.dumps(wanted))
        self.environment = {
            **os.environ,
            "CORE_TOKEN": "core",
            "SHOPPER_TOKEN": "shopper",
            "ADMIN_TOKEN": ADMIN_TOKEN,
            "SECRET": SECRET,
            "KEY": "key-for-tests",
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.http = httpx.Client(timeout=5, trust_env=False)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process and do not wait."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mock_systems", "serve", str(self.file)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self.environment,
            )
        return self.process

    def start(self) -> None:
        """Start the process and wait until it takes calls."""
        process = self.launch()

        def ready() -> bool:
            assert process.poll() is None, self.log.read_text()
            try:
                return self.http.get(f"{self.admin_url}/ready").status_code == 200
            except httpx.TransportError:
                return False

        eventually(ready)

    def kill(self) -> None:
        """As `kill -9` does."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As SIGTERM does; the exit code."""
        return self._end(signal.SIGTERM)

    def call(self, method: str, path: str, body: Any = None, token: str = "core", **headers: str) -> httpx.Response:
        """One call at the face."""
        given = {"authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.http.request(method, self.url + path, json=body, headers=given)

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """What the admin API answers; it must be a success."""
        given = {"authorization": f"Bearer {ADMIN_TOKEN}"}
        reply = self.http.request(method, self.admin_url + path, json=body, headers=given)
        assert reply.status_code < 300, reply.text
        return reply.json() if reply.content else None

    def facts(self) -> list[dict[str, Any]]:
        """The whole ledger."""
        items: list[dict[str, Any]] = self.admin("GET", "/facts?limit=10000")["items"]
        return items

    def _end(self, number: int) -> int:
        process, self.process = self.process, None
        assert process is not None
        return ended(process, number)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process is not None:
            self.kill()
        self.http.close()


@contextmanager
def serving(folder: Path, blueprint: Blueprint, opening: Opening, **given: Any) -> Iterator[Served]:
    """A process that takes calls, for the length of a block."""
    served = Served(folder, blueprint, opening, **given)
    try:
        served.start()
        yield served
    finally:
        served.close()


class Listener:
    """A subscriber: answers each webhook with `status` and keeps headers and bytes."""

    def __init__(self, status: int = 204) -> None:
        self.status = status
        self.heard: list[tuple[dict[str, str], bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                listener.heard.append(({k.lower(): v for k, v in self.headers.items()}, raw))
                self.send_response(listener.status)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
