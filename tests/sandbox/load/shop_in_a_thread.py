"""A shop that takes every order, and keeps everybody waiting for a while."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Shop:
    """`stands_still` says from when on, in seconds after the first call, and for how long nobody is answered."""

    stands_still: tuple[float, float] = (0.0, 0.0)
    url: str = ""
    references: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    refuse_first: bool = False
    began_s: float | None = None

    def wait(self) -> None:
        """Until it goes on."""
        now_s = time.monotonic()
        self.began_s = now_s if self.began_s is None else self.began_s
        after_s, for_s = self.stands_still
        if after_s <= now_s - self.began_s < after_s + for_s:
            time.sleep(self.began_s + after_s + for_s - now_s)


@contextmanager
def serving(shop: Shop) -> Iterator[Shop]:
    """Have it open for the length of a block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            shop.wait()
            first = body["reference"] not in shop.references
            shop.references.append(body["reference"])
            shop.keys.append(self.headers["idempotency-key"])
            if shop.refuse_first and first:
                self._answer(503, {"title": "away"})
            else:
                self._answer(201, {"order": f"W-{len(shop.references):06d}"})

        def do_GET(self) -> None:
            shop.paths.append(self.path)
            shop.wait()
            self._answer(200, {"items": [], "next_cursor": "5", "has_more": False})

        def _answer(self, status: int, body: Any) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    shop.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
