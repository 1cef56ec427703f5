"""The proxy as a real process, before a system that counts what reaches it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from pydantic import TypeAdapter

from mock_systems.kit.opening import Opening
from tests.mock_systems.live.served import ADMIN_TOKEN, ended, eventually, free_port
from tests.mock_systems.shop import opening


class Counting:
    """A system behind the proxy: keeps each request that reached it whole, and answers as it is told to.

    By default with 201 and a document whose number counts; `delay_s` is how long an answer takes.
    """

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, dict[str, str], bytes]] = []
        self.delay_s = 0.0
        self.reply: tuple[int, dict[str, str], bytes] | None = None
        counting = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def answer(self) -> None:
                length = self.headers.get("content-length")
                raw = self.rfile.read(int(length)) if length else self.chunks()
                headers = {name.lower(): value for name, value in self.headers.items()}
                counting.heard.append((self.command, self.path, headers, raw))
                time.sleep(counting.delay_s)
                number = f"INV-{len(counting.heard):06d}"
                given = {"content-type": "application/json", "location": f"{counting.url}/invoices/{number}"}
                status, more, body = counting.reply or (201, given, json.dumps({"invoice": number}).encode())
                self.send_response(status)
                for name, value in {**more, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815  the base class looks for them

            def chunks(self) -> bytes:
                if "chunked" not in self.headers.get("transfer-encoding", ""):
                    return b""
                raw = b""
                while size := int(self.rfile.readline(), 16):
                    raw += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return raw

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/api"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def again(self) -> None:
        """Forget what was heard; answer as by default."""
        self.heard.clear()
        self.reply, self.delay_s = None, 0.0

    def close(self) -> None:
        """Leave nothing behind."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Proxy:
    """One proxy process; `url` is its face, `admin` its admin API."""

    def __init__(self, folder: Path, target: str, balances: Opening, **given: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port, self.admin_port = free_port(), free_port()
        self.url, self.admin_url = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.admin_port}"
        self.log, self.file = folder / "proxy.log", folder / "proxy.json"
        clock = given.pop("clock", None)
        wanted = {
            "name": "erp",
            "system": {"url": target, **given},
            "beside": str(folder),
            "folder": str(folder / "books"),
            "port": self.port,
            "admin_port": self.admin_port,
            "opening": TypeAdapter(Opening).dump_python(balances, mode="json"),
            "ends_with_stdin": True,
            **({} if clock is None else {"clock": clock}),
        }
        self.file.write_text(json.dumps(wanted))
        self.environment = {**os.environ, "SANDBOX_TOKEN_ADMIN": ADMIN_TOKEN, "SANDBOX_TOKEN_ERP": "core"}
        self.http = httpx.Client(base_url=self.url, timeout=5, trust_env=False)
        self._bench = httpx.Client(base_url=self.admin_url, timeout=5, trust_env=False)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        with self.log.open("ab") as log:
            process = self.process = subprocess.Popen(
                [sys.executable, "-m", "sandbox.worlds.live.proxy_process", str(self.file)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self.environment,
            )

        def ready() -> bool:
            assert process.poll() is None, self.log.read_text()
            try:
                return self._bench.get("/ready").status_code == 200
            except httpx.TransportError:
                return False

        eventually(ready, 30)

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """What the admin API answers; it must be a success."""
        reply = self.asked(method, path, body)
        assert reply.status_code < 300, reply.text
        return reply.json() if reply.content else None

    def asked(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """The admin API's answer, whatever it is."""
        given = {"authorization": f"Bearer {ADMIN_TOKEN}"}
        return self._bench.request(method, path, json=body, headers=given)

    def arm(self, kind: str, **given: Any) -> None:
        """Have one fault carried out."""
        self.admin("PUT", "/faults", {"calls": [{"id": "F", "kind": kind, **given}]})

    def struck(self) -> int:
        """How often the armed fault was carried out."""
        applied: int = self.admin("GET", "/faults")["applied"]["F"]
        return applied

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal; the exit code."""
        process, self.process = self.process, None
        assert process is not None
        return ended(process, number)

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process is not None:
            self.end(signal.SIGKILL)
        self.http.close()
        self._bench.close()


@contextmanager
def proxying(folder: Path, target: str, balances: Opening | None = None, **given: Any) -> Iterator[Proxy]:
    """A proxy that takes calls, for the length of a block."""
    proxy = Proxy(folder, target, balances or opening(), **given)
    try:
        proxy.start()
        yield proxy
    finally:
        proxy.close()


def refused(port: int) -> bool:
    """Whether a connection to the port is refused."""
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) != 0
