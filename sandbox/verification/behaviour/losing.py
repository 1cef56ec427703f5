"""The fault-injecting proxy before the API for one call: it loses the answer, holds the call up, or sends it twice."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Self

from mock_systems.kit.faults import CallFault
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from mock_systems.kit.streams import Streams
from sandbox.verification.behaviour.bench import Bench, Untestable
from sandbox.verification.behaviour.exchange import Answer
from sandbox.worlds.live.core.web_server import bind
from sandbox.worlds.live.proxy.front import Front
from sandbox.worlds.live.proxy.operations import Operations
from sandbox.worlds.live.proxy.passing import Passing
from sandbox.worlds.live.proxy.subjects import Subjects
from sandbox.worlds.live.proxy.upstream import Upstream
from sandbox.worlds.live.proxy.visits import Visits

_LOOPBACK: Final = "127.0.0.1"
_STOPS_WITHIN_S: Final = 2.0


class Losing:
    """Stands before the API for the length of an `async with` block and does this to the first call; `url` is its own.

    What it has held up is delivered before the block ends.
    """

    def __init__(self, bench: Bench, kind: str, delay_s: float = 0.0) -> None:
        self._fault = CallFault(
            id=f"check.{kind}", kind=kind, occurrence=1, delay_us=int(delay_s * 1_000_000), reset=True
        )
        self._delay_s = delay_s
        self._upstream = Upstream(bench.base, bench.tls)
        clock = WallClock(Anchor(0, 0))
        self._passing = Passing(
            "provider", self._upstream, Operations({}), Subjects((), ()), Visits("provider", time.monotonic), clock,
            Streams(0),
        )  # fmt: skip
        self._passing.arm([self._fault])
        self._socket = bind(_LOOPBACK, 0)
        self.url = f"http://{_LOOPBACK}:{self._socket.getsockname()[1]}"
        self._front = Front(_LOOPBACK, self._socket.getsockname()[1], self._passing.answer)

    async def __aenter__(self) -> Self:
        await self._front.open(self._socket)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._delay_s and self._fault.applied:
            await asyncio.sleep(self._delay_s)
        await self._passing.stop()
        await self._front.stop(_STOPS_WITHIN_S)
        await self._upstream.aclose()

    def require_struck(self, answer: Answer) -> None:
        """Raise Untestable unless the call met the fault."""
        if not self._fault.applied:
            raise Untestable(f"the call did not come to the provider ({answer.told}), so nothing could befall it")
