"""What stands before a system that is not ours, put together: front, faults, books, clock and admin API."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final

from mock_systems.kit.faults import CallFault
from mock_systems.kit.ledger import Fact
from mock_systems.kit.live.alarm_book import AlarmBook
from mock_systems.kit.live.audit import AuditTrail
from mock_systems.kit.live.call_book import CallSeen
from mock_systems.kit.live.shutter import Shutter, whole_outages
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from mock_systems.kit.streams import Streams
from sandbox.worlds.live.core.web_server import WebServer, bind
from sandbox.worlds.live.derived.api_client import ApiClient
from sandbox.worlds.live.derived.books import DerivedBooks
from sandbox.worlds.live.derived.finding import find_adapter
from sandbox.worlds.live.derived.reading import BookReader
from sandbox.worlds.live.proxy.admin import proxy_admin_app
from sandbox.worlds.live.proxy.front import Front
from sandbox.worlds.live.proxy.operations import Operations
from sandbox.worlds.live.proxy.passing import Passing
from sandbox.worlds.live.proxy.settings import ProxyFile
from sandbox.worlds.live.proxy.subjects import Subjects
from sandbox.worlds.live.proxy.upstream import Upstream
from sandbox.worlds.live.proxy.visits import Visits

STOPPED: Final = 0
BROKEN: Final = 1
_STOPS_WITHIN_S: Final = 3.0
_LOG: Final = logging.getLogger(__name__)


class ProxyLife:
    """One process's life. Making it reads the file's paths and secrets: raises InputError and PortInUse."""

    def __init__(self, file: ProxyFile, environment: Mapping[str, str]) -> None:
        system, tls = file.system, file.tls()
        self.name, self.seed = file.name, file.seed
        self.clock = WallClock(_anchor(file))
        self._stop = asyncio.Event()
        self._admin_token = file.admin(environment)
        self._ends_with_stdin = file.ends_with_stdin
        self._audit = AuditTrail(file.folder / "audit.jsonl")
        self._subjects = Subjects(system.orders, system.documents)
        self._visits = Visits(file.name, time.monotonic)
        self._upstream = Upstream(system.url, tls)
        self.alarms = AlarmBook()
        operations, streams = Operations(file.templates()), Streams(file.seed)
        self._passing = Passing(
            file.name, self._upstream, operations, self._subjects, self._visits, self.clock, streams
        )
        self._passing.observers.append(partial(self.alarms.hear, "call"))
        self._front = Front(file.host, file.port, self._passing.answer)
        self._shutter = Shutter(self.clock, lambda: self._passing.faults, self._front.open, self._close)
        self._reader: BookReader | None = None
        self._api: ApiClient | None = None
        if system.facts is not None:
            adapter = find_adapter(system.facts, file.beside)(file.opening)
            shown = file.token(environment)
            headers = {"x-api-key": shown} if system.api_key else {"authorization": f"Bearer {shown}"}
            self._api = ApiClient(system.url, headers, tls)
            books = DerivedBooks(
                file.name, file.folder / "facts.jsonl", self._subjects.maker_of, self._run_time(system.times)
            )
            self._reader = BookReader(adapter, self._api, books, self.clock, system.read_every / 1_000_000)
        self._sockets = self._bound(file)

    # -- as its admin API sees it --------------------------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether it takes calls, and its books' opening is read."""
        return self._reader is None or self._reader.has_opened

    @property
    def faults(self) -> tuple[CallFault, ...]:
        """Those that are armed."""
        return self._passing.faults

    def arm(self, faults: list[CallFault]) -> None:
        """Carry out these, in place of those before. Raises FaultError."""
        self._passing.arm(faults)
        self._shutter.turned()

    def set_clock(self, anchor: Anchor) -> None:
        """Go by another anchor. Raises ClockError."""
        self.clock.set(anchor)
        self._shutter.turned()

    def facts(self, after: int, limit: int) -> tuple[list[Fact], int, int]:
        """A page of facts, how many there are, and the time before which they are all."""
        if self._reader is None:
            return [], 0, self.clock.now_us()
        books = self._reader.books
        return books.ledger.facts[after : after + limit], books.ledger.written, books.complete_us

    @property
    def traffic(self) -> dict[str, Any]:
        """Counts of the calls that came."""
        return self._visits.traffic

    def calls(self, after: int, limit: int) -> tuple[list[CallSeen], int, int]:
        """A page of calls, how many there were, and the time before which they are all."""
        complete_us = self._visits.settled_until_us(self.clock.now_us())
        return self._visits.after(after, limit), self._visits.seen, complete_us

    # -- life ----------------------------------------------------------------------------------------------------

    async def run(self) -> int:
        """Serve until told to stop; the exit status."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        if self._ends_with_stdin:
            loop.add_reader(sys.stdin.fileno(), self._read_stdin)
        face, admin_socket = self._sockets
        await self._front.open(face)
        server = WebServer(proxy_admin_app(self, self._admin_token, self._audit), _STOPS_WITHIN_S)
        works = {
            "admin API": server.serve(sockets=[admin_socket]),
            "outages": self._shutter.run(),
            "stop": self._stop.wait(),
            **({} if self._reader is None else {"books": self._reader.run()}),
        }
        tasks = [asyncio.create_task(work, name=name) for name, work in works.items()]
        _LOG.info("serving", extra={"system": self.name})
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        code = self._code(done)
        server.should_exit = True
        await self._end(tasks)
        _LOG.info("stopped", extra={"system": self.name, "code": code})
        return code

    def _code(self, done: Collection[asyncio.Task[Any]]) -> int:
        failed = [task for task in done if task.exception() is not None]
        for task in failed:
            _LOG.error("%s failed", task.get_name(), exc_info=task.exception())
        return BROKEN if failed or not self._stop.is_set() else STOPPED

    async def _close(self) -> None:
        """Nobody who is refused is ever seen: that an outage began is what can be counted of it."""
        now_us = self.clock.now_us()
        for fault in whole_outages(self.faults):
            fault.applied += fault.is_on(now_us)
        await self._front.close()

    async def _end(self, tasks: Sequence[asyncio.Task[Any]]) -> None:
        serving, *others = tasks
        for task in others:
            task.cancel()
        await asyncio.gather(self._front.stop(_STOPS_WITHIN_S), self._passing.stop())
        await asyncio.gather(serving, *others, return_exceptions=True)
        await self._upstream.aclose()
        if self._api is not None:
            await self._api.aclose()
        if self._reader is not None:
            self._reader.books.close()

    def _read_stdin(self) -> None:
        """Stop when its other end is closed: nobody is left who could stop this process."""
        if not os.read(sys.stdin.fileno(), 1024):
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._stop.set()

    def _run_time(self, times: str) -> _RunTime:
        return _RunTime(self.clock, times == "wall")

    @staticmethod
    def _bound(file: ProxyFile) -> tuple[socket.socket, socket.socket]:
        face = bind(file.host, file.port)
        try:
            return face, bind(file.admin_host, file.admin_port)
        except BaseException:
            face.close()
            raise


class _RunTime:
    """Turns a time that the system shows into the run's."""

    def __init__(self, clock: WallClock, is_walls: bool) -> None:
        self._clock, self._is_walls = clock, is_walls

    def __call__(self, at_us: int) -> int:
        return self._clock.at(at_us) if self._is_walls else at_us


def _anchor(file: ProxyFile) -> Anchor:
    if file.clock is not None:
        return Anchor(file.clock.wall_us, file.clock.now_us, file.clock.speed)
    wall_us = WallClock(Anchor(0, 0)).wall_us()
    return Anchor(wall_us, wall_us)
