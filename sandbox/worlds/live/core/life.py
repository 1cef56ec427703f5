"""One life of the core as a process: what it is given, its work, and its orderly end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mock_systems.kit.live.audit import AuditTrail
from mock_systems.kit.streams import Streams
from sandbox.core.hub import Hub
from sandbox.core.ports import Http, Ports, Store, StoreError
from sandbox.worlds.live.bus import LiveBus, open_bus
from sandbox.worlds.live.core.clock import SteadyClock, WorldClock
from sandbox.worlds.live.core.gate import Gate
from sandbox.worlds.live.core.hub_app import HubApp
from sandbox.worlds.live.core.ids import ProcessIds
from sandbox.worlds.live.core.log import JsonLog
from sandbox.worlds.live.core.network import HttpLine, LineConfig
from sandbox.worlds.live.core.opening import journal_store
from sandbox.worlds.live.core.paced_loop import wall_s
from sandbox.worlds.live.core.peers import TcpPeers
from sandbox.worlds.live.core.settings import CoreSettings
from sandbox.worlds.live.core.watching import CoreWatch
from sandbox.worlds.live.core.watching.event_log import EventLog
from sandbox.worlds.live.core.web_server import WebServer

if TYPE_CHECKING:
    from mock_systems.kit.live.tracing import Traces

_LEAVE_S: Final = 2.0
STOPPED: Final = 0
BROKEN: Final = 1
STEPPED_DOWN: Final = 3


class Life:
    """A core that serves on `listeners` until it is told to stop, breaks, or another core has taken its place.

    Systems reach it at the first. With `traces` what it does for an order is exported as spans.
    """

    def __init__(
        self, settings: CoreSettings, listeners: Sequence[socket.socket], log: JsonLog, traces: Traces | None = None
    ) -> None:
        self._settings = settings
        self._listeners = listeners
        self._log = log
        clock, file = WorldClock(settings.anchor), settings.file
        events = None if file.event_log is None else EventLog(Path(file.event_log), clock)
        self._watch = CoreWatch(log, clock, traces, speed=settings.anchor.speed, logs=file.log_calls, events=events)
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Answer what is under way, and end."""
        self._stop.set()

    async def run(self) -> int:
        """Live. Returns the exit status: STOPPED, BROKEN or STEPPED_DOWN.

        Raises SandboxError where the database or the broker can't be opened.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        if self._settings.file.ends_with_stdin:
            loop.add_reader(sys.stdin.fileno(), self._read_stdin)
        settings, watch = self._settings, self._watch
        async with _parts(settings, watch) as (store, bus, lines), _peers(settings, watch) as peers:
            ports = self._ports(store, bus, lines, peers)
            hub = settings.made_by(ports, settings.design, settings.secrets.credentials)
            gate = Gate(settings.secrets.webhooks, settings.secrets.own_token, WorldClock(), watch.observer)
            app = HubApp(watch.hub(hub, bus), gate, self._log, lambda: self._waits_for(hub), AuditTrail(settings.audit))
            server = WebServer(app, settings.file.stop_within_s, settings.anchor.speed, settings.certificates.server)
            status = await self._work(hub, server)
        self._log.note("core.stopped", settings.file.instance, status=status)
        return status

    def _read_stdin(self) -> None:
        """Stop when its other end is closed: nobody is left who could stop this process."""
        if not os.read(sys.stdin.fileno(), 1024):
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self.stop()

    def _ports(self, store: Store, bus: LiveBus, lines: dict[str, Http], peers: TcpPeers | None) -> Ports:
        file, anchor = self._settings.file, self._settings.anchor
        return Ports(
            http=lines,
            store=store,
            bus=self._watch.bus(bus),
            clock=WorldClock(anchor),
            draws=Streams(f"{file.seed}|{file.instance}"),
            ids=ProcessIds(),
            observer=self._watch.observer,
            steady=SteadyClock(anchor.speed),
            instance=file.instance,
            address=self._settings.address_of(self._listeners[0]),
            peers=peers,
        )

    def _waits_for(self, hub: Hub) -> str | None:
        if self._stop.is_set():
            return "the core is stopping"
        if not hub.is_ready:
            return "the core recovers, or waits for its leases"
        if hub.parts.records.journal.is_away:
            return "the core's database does not answer"
        return None

    async def _work(self, hub: Hub, server: WebServer) -> int:
        at_work = asyncio.create_task(hub.run(), name="hub")
        serving = asyncio.create_task(server.serve(sockets=list(self._listeners)), name="web server")
        told = asyncio.create_task(self._stop.wait(), name="stop")
        self._log.note("core.started", self._settings.address_of(self._listeners[0]))
        await asyncio.wait((at_work, serving, told), return_when=asyncio.FIRST_COMPLETED)
        status = self._status(at_work, serving)
        self._stop.set()
        server.should_exit = True
        for task in (serving, at_work):
            if task is at_work:
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await server.cut_off()
        if status == STOPPED:
            await self._leave(hub)
        await told
        return status

    async def _leave(self, hub: Hub) -> None:
        try:
            async with asyncio.timeout(wall_s(_LEAVE_S)):
                await hub.leave()
        except (TimeoutError, StoreError) as error:
            self._log.note("core.left-late", self._settings.file.instance, cause=repr(error))

    def _status(self, at_work: asyncio.Task[None], serving: asyncio.Task[None]) -> int:
        for task in (at_work, serving):
            if task.done() and (error := task.exception()) is not None:
                self._log.failed("core.failed", task.get_name(), error)
                return BROKEN
        if at_work.done():
            return STEPPED_DOWN
        return BROKEN if serving.done() else STOPPED


@asynccontextmanager
async def _parts(settings: CoreSettings, watch: CoreWatch) -> AsyncIterator[tuple[Store, LiveBus, dict[str, Http]]]:
    """Database, broker and the lines to the systems: closed in the other order, so that what still works can end."""
    observer = watch.observer
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(journal_store(settings.store_url))
        lines: dict[str, Http] = {}
        for name, system in settings.file.systems.items():
            line = HttpLine(
                name,
                system.url,
                LineConfig(connections=system.connections, tls=settings.certificates.of(name)),
                observer,
            )
            stack.push_async_callback(line.aclose)
            lines[name] = watch.line(name, line)
        bus = await stack.enter_async_context(
            open_bus(settings.bus_url, observer, token=settings.secrets.bus_token, stream=settings.file.stream)
        )
        yield store, bus, lines


@asynccontextmanager
async def _peers(settings: CoreSettings, watch: CoreWatch) -> AsyncIterator[TcpPeers | None]:
    """The way to the other workers, where there are any."""
    file = settings.file
    if file.workers is None:
        yield None
        return
    peers = TcpPeers(settings.secrets.own_token, file.workers.count, watch.observer, settings.certificates.workers)
    async with peers.listening(file.host, 0):
        yield peers
