"""A live system as a process: its face and its admin API on two ports, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_systems.kit.face import lean_app
from mock_systems.kit.live.admin import admin_app
from mock_systems.kit.live.input_log import Beginning
from mock_systems.kit.live.live_system import LiveSystem
from mock_systems.kit.live.shutter import Shutter
from mock_systems.kit.live.system_watch import SystemWatch
from mock_systems.kit.system import MockSystem

_STOPS_WITHIN_S: Final = 3
_LOG: Final = logging.getLogger(__name__)


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to the port: it is ours, and refuses until it is served. Raises OSError where it is in use."""
    # Named as TCP, so that asyncio has what is accepted send at once: else a second write waits 40 ms for an ACK.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


class Face:
    """The system's ASGI app; another one whenever the system was made anew."""

    def __init__(self, live: LiveSystem) -> None:
        self._live = live
        self._app: ASGIApp | None = None
        live.on_renewed.append(self._renew)

    def _renew(self, system: MockSystem) -> None:
        self._app = lean_app(system, self._live)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        assert self._app is not None, "the system is made before its face is served"
        await self._app(scope, receive, send)


class _Server(uvicorn.Server):
    """A server whose process sees to the signals, and that can be closed for a while."""

    _kept: socket.socket | None = None

    async def shut(self) -> None:
        """Listen no more; idle connections are closed, others when they have got their answers. The port stays ours."""
        for server in self.servers:
            (bound,) = server.sockets
            host, port = bound.getsockname()[:2]
            server.close()
            self._kept = await _bound_again(host, port)
        self.servers = []
        for connection in list(self.server_state.connections):
            connection.shutdown()

    async def unshut(self) -> None:
        """Listen again."""

        def protocol() -> asyncio.Protocol:
            made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return made

        if self._kept is not None and not self.should_exit:
            loop = asyncio.get_running_loop()
            self.servers = [
                await loop.create_server(protocol, sock=self._kept, ssl=self.config.ssl, backlog=self.config.backlog)
            ]
            self._kept = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


async def serve(
    live: LiveSystem,
    watch: SystemWatch,
    beginning: Beginning,
    token: str,
    sockets: tuple[socket.socket, socket.socket],
    *,
    tls: ssl.SSLContext | None = None,
    ends_with_stdin: bool,
) -> int:
    """Start the system, serve it on the two sockets (face, admin) and stop in order; the process's exit code.

    SIGTERM and SIGINT stop it, an exception of the physics (exit code 1), and with `ends_with_stdin` the end of its
    standard input: who started it is gone. With `tls` the face is https.
    """
    stop: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    _stop_on_signals(stop)
    if ends_with_stdin:
        _stop_with_stdin(stop)
    live.on_failure.append(lambda _: _end(stop, 1))
    face = Face(live)
    servers = [_server(face, tls), _server(admin_app(live, token, watch.metrics))]
    await live.start(beginning)
    async with asyncio.TaskGroup() as group:
        for server, bound in zip(servers, sockets, strict=True):
            group.create_task(server.serve(sockets=[bound]))
        _LOG.info("serving", extra={"system": live.system.name})
        shutter = group.create_task(_shut_as_told(live, servers[0]))
        code = await stop
        shutter.cancel()
        for server in servers:
            server.should_exit = True
    await live.close()
    _LOG.info("stopped", extra={"system": live.system.name, "code": code})
    return code


async def _shut_as_told(live: LiveSystem, server: _Server) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    shutter = Shutter(live.clock, lambda: live.system.door.faults, server.unshut, server.shut)
    live.on_turned.append(shutter.turned)
    await shutter.run()


async def _bound_again(host: str, port: int) -> socket.socket:
    """The port that was given back just now; somebody's own call may have got it for a moment."""
    while True:
        try:
            return listening(host, port)
        except OSError:
            await asyncio.sleep(0.01)


def _server(app: Any, tls: ssl.SSLContext | None = None) -> _Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=_STOPS_WITHIN_S,
    )
    config.load()
    config.ssl = tls
    return _Server(config)


def _end(stop: asyncio.Future[int], code: int) -> None:
    if not stop.done():
        stop.set_result(code)


def _stop_on_signals(stop: asyncio.Future[int]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end, stop, 0)


def _stop_with_stdin(stop: asyncio.Future[int]) -> None:
    """Stop when the other end of standard input is closed: nobody is left who could stop this process."""
    stdin = sys.stdin.fileno()

    def read() -> None:
        if not os.read(stdin, 1024):
            asyncio.get_running_loop().remove_reader(stdin)
            _end(stop, 0)

    asyncio.get_running_loop().add_reader(stdin, read)
