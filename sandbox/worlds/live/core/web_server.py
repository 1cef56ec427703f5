"""The core's web server: uvicorn on a socket that is open already, which leaves signals to its process."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn

from sandbox.errors import SandboxError

_IDLE_S = 30


class PortInUse(SandboxError):
    """Nothing can listen there: the message says where, and the remedy."""


def bind(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket bound to the port, any that is free for port 0; it refuses until it is served. Raises PortInUse.

    A `shared` port may be bound by other processes, too, that share it: each connection comes to one of them.
    """
    # Named as TCP, so that asyncio has what is accepted send at once: else a second write waits 40 ms for an ACK.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        return bound
    except OSError as error:
        bound.close()
        why = os.strerror(error.errno or 0)
        raise PortInUse(f"cannot listen on {host}:{port} ({why}); stop what is there, or choose another port") from None


class WebServer(uvicorn.Server):
    """Serves an ASGI app until `should_exit`; then requests under way have `drain_s` to end.

    `speed` is that of the event loop, whose seconds uvicorn's own times are counted in. With `tls` it serves https.
    """

    def __init__(self, app: Any, drain_s: float, speed: float = 1.0, tls: ssl.SSLContext | None = None) -> None:
        config = uvicorn.Config(
            app,
            interface="asgi3",
            lifespan="off",
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_keep_alive=int(_IDLE_S * speed),
            timeout_graceful_shutdown=max(1, int(drain_s * speed)),
        )
        config.load()
        config.ssl = tls
        super().__init__(config)

    async def cut_off(self) -> None:
        """End the requests that are still under way when their time to end is over."""
        under_way = list(self.server_state.tasks)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals alone: the process stops its hub before it goes."""
        yield
