"""The facts and calls of all live systems as one stream, in the order of their times.

Each system is asked for what is new, and says up to when that is all. What lies before the earliest of those times
can't be overtaken any more: it is told. So a system that is away holds the stream up, and never puts it out of order.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from mock_systems.kit.ledger import Fact, Listener
from mock_systems.kit.live.call_book import CallSeen
from sandbox.worlds.live.ledgers.source import Source
from sandbox.worlds.virtual.notes import Note

_EVERY_S: Final = 0.5

CallListener = Callable[[str, CallSeen], None]
# Time, place of the system, facts before calls and notes, number there: all have an order, the same each time.
_Key = tuple[int, int, int, int]
_Told = Fact | CallSeen | Note
_Entry = tuple[_Key, _Told]
_FACT: Final = 0
_CALL: Final = 1
_NOTE: Final = 2


class _Waiting:
    """What was read of one system and not told yet."""

    def __init__(self, place: int, source: Source) -> None:
        self.source = source
        self.complete_us = 0
        self.away = False
        self._facts = _Lane(place, _FACT)
        self._calls = _Lane(place, _CALL)
        self._notes = _Lane(place, _NOTE)
        self._noted = 0

    async def read(self) -> None:
        """Read until there is no more."""
        more = True
        while more:
            reading = await self.source.read()
            self.away = reading is None
            if reading is None:
                return
            for fact in reading.facts:
                self._facts.add(fact.at_us, fact.seq, fact)
            for call in reading.calls:
                self._calls.add(call.at_us, call.seq, call)
            for note in reading.notes:
                self._noted += 1
                self._notes.add(note.at_us, self._noted, note)
            self.complete_us = max(self.complete_us, reading.complete_us)
            more = reading.more

    def due(self, before_us: int) -> Iterator[_Entry]:
        """Take out what happened before a time."""
        for lane in (self._facts, self._calls, self._notes):
            while lane.entries and lane.entries[0][0][0] < before_us:
                yield lane.entries.popleft()


class _Lane:
    """Facts, calls or notes of one system; they keep their order, whatever times they have."""

    def __init__(self, place: int, what: int) -> None:
        self.entries: deque[_Entry] = deque()
        self._place, self._what = place, what
        self._latest_us = 0

    def add(self, at_us: int, seq: int, told: _Told) -> None:
        """One more."""
        self._latest_us = max(self._latest_us, at_us)
        self.entries.append(((self._latest_us, self._place, self._what, seq), told))


class LedgerTail:
    """Asks `sources` every `every_s` seconds of the wall, from `run` on, which goes on until it is cancelled.

    `facts`, `calls` and `notes` are the listeners; add to them before. At equal times systems come in the order of
    `sources`.
    With `ends_us` nothing is told of that time or later. `run` raises BooksRenewed, and whatever a listener raises.
    """

    def __init__(self, sources: Sequence[Source], every_s: float = _EVERY_S, ends_us: int | None = None) -> None:
        self.facts: list[Listener] = []
        self.calls: list[CallListener] = []
        self.notes: list[Callable[[Note], None]] = []
        self.heard_until_us = 0
        self.ends_us = ends_us
        self._every_s = every_s
        self._waiting = [_Waiting(place, source) for place, source in enumerate(sources)]
        self._told = asyncio.Event()

    @property
    def away(self) -> tuple[str, ...]:
        """The systems that did not answer when they were asked last."""
        return tuple(waiting.source.system for waiting in self._waiting if waiting.away)

    async def run(self) -> None:
        """Read and tell."""
        while True:
            await self.look()
            await asyncio.sleep(self._every_s)

    async def look(self) -> None:
        """Ask all systems once, and tell what is certain by then."""
        await asyncio.gather(*(waiting.read() for waiting in self._waiting))
        self._tell(min((waiting.complete_us for waiting in self._waiting), default=0))

    async def heard(self, until_us: int) -> None:
        """Wait until all that happened before `until_us` has been told; somebody else runs `run` meanwhile."""
        while self.heard_until_us < until_us:
            self._told.clear()
            await self._told.wait()

    def _tell(self, before_us: int) -> None:
        if self.ends_us is not None:
            before_us = min(before_us, self.ends_us)
        due = [entry for waiting in self._waiting for entry in waiting.due(before_us)]
        due.sort(key=_key)
        systems = [waiting.source.system for waiting in self._waiting]
        for (_, place, _, _), told in due:
            if isinstance(told, Fact):
                for hear in self.facts:
                    hear(told)
            elif isinstance(told, CallSeen):
                for listen in self.calls:
                    listen(systems[place], told)
            else:
                for note in self.notes:
                    note(told)
        self.heard_until_us = max(self.heard_until_us, before_us)
        self._told.set()


def _key(entry: _Entry) -> _Key:
    return entry[0]
