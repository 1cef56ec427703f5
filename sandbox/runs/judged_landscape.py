"""A live landscape that is judged while it is up: its processes, its clock, its books read as they grow, its judges.

What drives it (a scenario's demand, a load, an integration of somebody else's) is not its business.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, TypeVar

from mock_systems.kit.live.admin_wire import ClockAnchor, Status
from mock_systems.kit.live.wall_clock import Anchor, WallClock
from sandbox.errors import SandboxError
from sandbox.oracle.verdict import Verdict
from sandbox.runs import visits
from sandbox.runs.judges import Judges
from sandbox.runs.live_core import CORE
from sandbox.runs.live_landscape import LiveLandscape
from sandbox.runs.living import check_ports
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.ledgers import (
    AdminClient,
    AdminSource,
    CallListener,
    CoreLog,
    LedgerTail,
    Source,
    WorldNotes,
    admin_http,
)
from sandbox.worlds.live.part import unheard
from sandbox.worlds.live.supervisor import Hear, Supervisor
from sandbox.worlds.virtual.notes import Note

# Until all systems are ready their clocks stand still: they are told of a start so far away.
STANDING_S: Final = 3600.0
# Or what the systems took to come up, for the core takes no longer than five of them at once.
_HEAD_START_LEAST_S: Final = 2.0
_READ_WITHIN_S: Final = 60.0

T = TypeVar("T")
NoteListener = Callable[[Note], None]


class LandscapeBroken(SandboxError):
    """A live landscape can't go on: a process died too often, or its books can't be read any more."""


class JudgedLandscape:
    """The landscape while it is up. `admin` are the systems' admin APIs, `judges` have heard all up to `tail`'s time.

    `servers`, `systems` and `core` keep the processes; `core_name` is the core's that is meant to be at work. What is
    entered into `also` is stopped before them. Whatever waits here raises LandscapeBroken when a process had to
    be given up, and what the tail or a listener raises.
    """

    def __init__(
        self,
        landscape: LiveLandscape,
        judges: Judges,
        tail: LedgerTail,
        admin: Mapping[str, AdminClient],
        supervisors: tuple[Supervisor, Supervisor, Supervisor],
        notes: WorldNotes | None = None,
        hear: Hear = unheard,
    ) -> None:
        self.landscape = landscape
        self.judges = judges
        self.tail = tail
        self.admin = admin
        self.servers, self.systems, self.core = supervisors
        self.core_name = CORE
        self.also = AsyncExitStack()
        clock = landscape.clock
        self._notes = notes
        self.hear = hear
        self.clock = WallClock(Anchor(clock.wall_us, clock.now_us, clock.speed))
        self._broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def now_us(self) -> int:
        """What the systems' clocks show."""
        return self.clock.now_us()

    def note(self, kind: str, entity: str, detail: Mapping[str, Any], source: str = "world") -> None:
        """Note what was done to the landscape just now, where notes are wanted."""
        if self._notes is not None:
            self._notes.note(source, kind, entity, None, detail)

    async def until(self, at_us: int) -> None:
        """Wait until the systems' clocks show this time."""
        await self.unbroken(self._until(at_us))

    async def heard(self, until_us: int) -> None:
        """Wait until the judges have heard all that happened before this time, which has passed."""
        try:
            async with asyncio.timeout(_READ_WITHIN_S):
                await self.unbroken(self.tail.heard(until_us))
        except TimeoutError:
            who = ", ".join(self.tail.away) or "a system"
            raise LandscapeBroken(f"the books of {who} can't be read") from None

    async def close(self, end_us: int) -> tuple[Verdict, ...]:
        """The run ended at `end_us`, which has passed: what the judges say."""
        await self.heard(end_us)
        return self.judges.close(end_us)

    async def statuses(self) -> dict[str, Status]:
        """How each system is now."""
        return {name: await admin.status() for name, admin in self.admin.items()}

    async def unbroken(self, work: Coroutine[Any, Any, T]) -> T:
        """Do this, unless the landscape breaks meanwhile; then raise why."""
        task = asyncio.create_task(work)
        try:
            await asyncio.wait((task, self._broken), return_when=asyncio.FIRST_COMPLETED)
            if self._broken.done():
                self._broken.result()
            return await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _until(self, at_us: int) -> None:
        while (left_us := at_us - self.now_us()) > 0:
            await asyncio.sleep(self.clock.seconds(left_us) + 0.001)

    @asynccontextmanager
    async def judging(self) -> AsyncIterator[JudgedLandscape]:
        """Read the books for the length of a block, and see to it that processes live."""
        reading = asyncio.create_task(self.tail.run(), name="ledger tail")
        ends = [asyncio.create_task(one.given_up.wait()) for one in (self.servers, self.systems, self.core)]
        watching = asyncio.create_task(self._watch(reading, ends))
        try:
            async with self.also:
                yield self
        finally:
            tasks = (reading, watching, *ends)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if self._broken.done():
                self._broken.exception()  # it was told to whoever waited

    async def _watch(self, reading: asyncio.Task[None], ends: Sequence[asyncio.Task[Any]]) -> None:
        await asyncio.wait((reading, *ends), return_when=asyncio.FIRST_COMPLETED)
        error = reading.exception() if reading.done() else None
        self._broken.set_exception(error or LandscapeBroken("a process died again and again: see its log"))


@asynccontextmanager
async def judged_landscape(
    landscape: LiveLandscape,
    judges: Judges,
    hear: Hear,
    *,
    timeouts_us: Mapping[str, int],
    ends_us: int | None = None,
    sources: Sequence[Source] = (),
    notes: Sequence[NoteListener] = (),
    calls: Sequence[CallListener] = (),
    before_start: Callable[[LiveLandscape], Awaitable[None]] | None = None,
) -> AsyncIterator[JudgedLandscape]:
    """Have a landscape up, and its books heard by the judges from the first fact on.

    Its clock begins, at the time of `landscape.clock`, when everything is ready. `timeouts_us`: how long the core waits
    for each system; `ends_us`: nothing of that time or later is heard. `sources` tell the facts of systems that are not
    ours, in place of the admin API of a system of that name. `notes` hear what was noticed at the
    doors, by the core in its log and of the processes, `calls` each call at a door. `before_start` is waited for when
    the systems are up, before their clock begins. Raises InputError and PartFailed as `live` does.
    """
    with landscape.folder.held():
        check_ports(landscape)
        start_us, speed = landscape.clock.now_us, landscape.clock.speed
        landscape = landscape.at(_anchor(start_us, speed, STANDING_S))
        landscape.write()
        async with (
            Supervisor(landscape.server_parts(), hear) as servers,
            admin_http() as http,
            _timed(Supervisor(landscape.system_parts(), hear)) as (systems, took_s),
        ):
            token = landscape.tokens[live_tokens.ADMIN]
            admin = {one.name: AdminClient(one.name, one.admin_url, token, http) for one in landscape.systems}
            if before_start is not None:
                await before_start(landscape)
            landscape = landscape.at(_anchor(start_us, speed, max(took_s, _HEAD_START_LEAST_S)))
            for client in admin.values():
                await client.set_clock(landscape.clock)
            if landscape.core is not None:
                landscape.core.write()
            async with Supervisor(landscape.core_parts(), hear) as core:
                clock = landscape.clock
                now = WallClock(Anchor(clock.wall_us, clock.now_us, clock.speed)).now_us
                own, noted = WorldNotes(now), bool(notes)
                beside: list[Source] = [own] if noted else []
                if noted:
                    beside += [CoreLog(part.log, now) for part in landscape.core_parts()]
                tail = LedgerTail([*_sources(admin, sources, noted), *beside], ends_us=ends_us)
                tail.facts += judges.listeners
                tail.calls += [visits.listener(judges.oracle, timeouts_us), *calls]
                tail.notes += notes
                up = JudgedLandscape(
                    landscape, judges, tail, admin, (servers, systems, core), own if noted else None, hear
                )
                async with up.judging():
                    yield up


@asynccontextmanager
async def _timed(supervisor: Supervisor) -> AsyncIterator[tuple[Supervisor, float]]:
    """The supervisor at work, and how long its parts took to come up."""
    began = time.monotonic()
    async with supervisor:
        yield supervisor, time.monotonic() - began


def _sources(admin: Mapping[str, AdminClient], others: Sequence[Source], noted: bool) -> list[Source]:
    """The admin APIs of our systems, others in their places; then those that have no place here."""
    by_name = {source.system: source for source in others}
    ours = [by_name.get(name) or AdminSource(client, notes=noted) for name, client in admin.items()]
    return [*ours, *(source for source in others if source.system not in admin)]


def _anchor(start_us: int, speed: float, in_s: float) -> ClockAnchor:
    wall_us = time.time_ns() // 1000 + round(in_s * 1_000_000)
    return ClockAnchor(wall_us=wall_us, now_us=start_us, speed=speed)
