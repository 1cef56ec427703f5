"""The network between the core and the systems: the Http port in virtual time.

A call costs two kernel events: the effect at the system, and the reply at the caller. The caller's timeout is no
timer: when the answer is known, so is whether it comes in time. Bodies and headers cross by reference: neither side
changes one that it handed over or was handed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextvars import Context
from typing import Protocol

from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Answer, Request
from sandbox.core.ports import CallTimedOut, ConnectFailed, ConnectionLost, HttpReply, HttpRequest, TransportError
from sandbox.worlds.virtual.handles import Timer
from sandbox.worlds.virtual.kernel import Entry, Kernel
from sandbox.worlds.virtual.latency import Latency, NetworkConfig
from sandbox.worlds.virtual.loop import Heard, VirtualLoop
from sandbox.worlds.virtual.notes import Noting, unheard, unnoted
from sandbox.worlds.virtual.power import refuse_dead
from sandbox.worlds.virtual.traffic import Traffic

Exchange = Callable[[Request, int], Answer]
Outcome = HttpReply | TransportError


class System(Protocol):
    """What the network needs of a system."""

    @property
    def name(self) -> str:
        """Its name, the key of the core's Http ports."""

    def receive(self, request: Request, now_us: int) -> Answer:
        """Take one request at the door."""


class Host:
    """One system on the network, how it is reached, and its traffic. `exchange` hands over a request."""

    def __init__(
        self, name: str, exchange: Exchange, latency: Latency, kernel: Kernel, heard: Heard, noting: Noting
    ) -> None:
        self.name = name
        self.exchange = exchange
        self.latency = latency
        self.kernel = kernel
        self.heard = heard
        self.noting = noting
        self.traffic = Traffic()
        self.context = Context()


class Network:
    """Carries calls to `systems`; `exchanges` replaces how some are reached (real bytes, for one)."""

    def __init__(
        self,
        kernel: Kernel,
        systems: Iterable[System],
        streams: Streams,
        config: NetworkConfig | None = None,
        *,
        exchanges: Mapping[str, Exchange] | None = None,
        heard: Heard = unheard,
        noting: Noting = unnoted,
    ) -> None:
        config = config or NetworkConfig()
        chosen = exchanges or {}
        self._kernel = kernel
        self.hosts = {
            s.name: Host(s.name, chosen.get(s.name, s.receive), Latency(config, streams, s.name), kernel, heard, noting)
            for s in systems
        }

    def session(self, loop: VirtualLoop) -> dict[str, Line]:
        """The Http ports of one incarnation, by system."""
        return {name: Line(host, loop) for name, host in self.hosts.items()}

    def power_cut(self, loop: VirtualLoop) -> None:
        """The core of this loop died: its calls in flight are lost to it, though not to the systems."""
        for entry in self._kernel.entries():
            if isinstance(entry, Call):
                entry.lose(loop)

    @property
    def calls(self) -> int:
        """Calls made to all systems."""
        return sum(host.traffic.calls for host in self.hosts.values())

    @property
    def in_flight(self) -> int:
        """Calls that wait for their reply now."""
        return sum(host.traffic.in_flight for host in self.hosts.values())


class Line:
    """The Http port to one system, as one incarnation holds it."""

    __slots__ = ("_host", "_loop")

    def __init__(self, host: Host, loop: VirtualLoop) -> None:
        self._host = host
        self._loop = loop

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send and wait. Raises ConnectFailed, ConnectionLost or CallTimedOut, and IncarnationDead."""
        if self._loop.dead:
            refuse_dead(self._loop)
        call = Call(self._host, self._loop, request)
        try:
            outcome = await call.reply
        except asyncio.CancelledError:
            call.abandon()
            del call
            raise
        if outcome.__class__ is HttpReply:
            return outcome
        try:
            raise outcome  # type: ignore[misc]
        finally:
            del outcome, call  # the traceback holds this frame: no cycles, the collector is off


class Call(Entry):
    """One call: on its way to the system until it fires, then its answer on the way back."""

    __slots__ = (
        "_back_us",
        "_cancelled",
        "_deadline_us",
        "_host",
        "_loop",
        "_outcome",
        "_over",
        "_request",
        "_settling",
        "_timeout_us",
        "reply",
    )

    def __init__(self, host: Host, loop: VirtualLoop, request: HttpRequest) -> None:
        headers = request.headers
        traceparent = headers.get("traceparent")
        there_us, self._back_us = host.latency.draw(traceparent[3:35] if traceparent else request.path)
        kernel = host.kernel
        now_us = kernel._now
        self._cancelled = False
        self._over = False
        self._settling: Timer | None = None
        self._outcome: Outcome | None = None
        self._host = host
        self._loop = loop
        timeout_us = self._timeout_us = request.timeout_us
        self._deadline_us = now_us + timeout_us
        self._request = Request(request.method, request.path, request.query, headers, request.body)
        self.reply: asyncio.Future[Outcome] = loop.create_private_future()
        host.traffic.begin(now_us)
        kernel.push(now_us + there_us, self)
        if there_us >= timeout_us:
            self._settling = loop.call_at_us(self._deadline_us, self._settle, (self._late(),), host.context)

    def fire(self) -> None:
        """Arrive at the system: the effect, whether or not anybody still waits. The second time, bring the outcome."""
        if self._outcome is not None:
            self._settle(self._outcome)
            return
        host, request = self._host, self._request
        now_us = host.kernel._now
        host.heard(("call", now_us, host.name, request.method, request.path, self._loop.epoch))
        answer = host.exchange(request, now_us)
        if self._over or self._loop.dead:
            return
        reply = answer.reply
        if reply is not None:
            at_us = now_us + answer.after_us + self._back_us
            if at_us <= self._deadline_us:
                self._settle_at(at_us, HttpReply(reply.status, reply.body, reply.headers))
                return
        self._fail(answer, now_us)

    def _fail(self, answer: Answer, now_us: int) -> None:
        at_us, outcome = self._deadline_us, self._late()
        if answer.refused and now_us + self._back_us <= at_us:
            at_us = now_us + self._back_us
            outcome = ConnectFailed(f"{self._what()}: connection refused")
        elif answer.reset and answer.reply is None and now_us + answer.after_us + self._back_us <= at_us:
            at_us = now_us + answer.after_us + self._back_us
            outcome = ConnectionLost(f"{self._what()}: the connection broke before a reply came")
        self._settle_at(at_us, outcome)

    def _settle_at(self, at_us: int, outcome: Outcome) -> None:
        """Come back to the caller: this entry goes into the kernel's queue a second time."""
        self._outcome = outcome
        self._host.kernel.push(at_us, self)

    def _settle(self, outcome: Outcome) -> None:
        """The caller learns the outcome."""
        self._settling = None  # the timer holds this call: no cycles, the collector is off
        if self._over or self._loop.dead:
            return
        self._over = True
        host, traffic = self._host, self._host.traffic
        traffic.in_flight -= 1
        if outcome.__class__ is HttpReply:
            traffic.replies += 1
            host.heard(("reply", host.kernel._now, host.name, outcome.status, self._loop.epoch))
        else:
            self._count(outcome)
        if not self.reply.done():
            self._loop.settle(self.reply, outcome)

    def _count(self, outcome: Outcome) -> None:
        host, traffic, request = self._host, self._host.traffic, self._request
        if isinstance(outcome, CallTimedOut):
            kind, traffic.timeouts = "call.timed-out", traffic.timeouts + 1
        elif isinstance(outcome, ConnectFailed):
            kind, traffic.refused = "call.refused", traffic.refused + 1
        else:
            kind, traffic.broken = "call.broken", traffic.broken + 1
        trace = request.headers.get("traceparent", "")[3:35] or None
        host.noting("network", kind, f"{host.name} {request.method} {request.path}", None, {"trace": trace})

    def abandon(self) -> None:
        """The caller waits no more; what is under way to the system arrives all the same."""
        if not self._over:
            self._over = True
            self._host.traffic.in_flight -= 1
            self._host.traffic.abandoned += 1
            if self._settling is not None:
                self._settling.cancel()  # so that it does not hold the clock's end back
            if self._outcome is not None:
                self._cancelled = True
                self._host.kernel.withdrawn()

    def lose(self, loop: VirtualLoop) -> None:
        """The power of this loop was cut: a caller on it is gone."""
        if self._loop is loop:
            self.abandon()

    def _late(self) -> TransportError:
        return CallTimedOut(f"{self._what()}: no reply within {self._timeout_us / 1e6:g} s")

    def _what(self) -> str:
        return f"{self._host.name} {self._request.method} {self._request.path}"
