"""Reads that go wrong: stale states, lists that index late, pages that drift, rows that come spoiled.

Nothing here exists before a fault of these kinds strikes for the first time, so a door without them pays nothing.
"""

from __future__ import annotations

import pickle
from collections import deque
from io import BytesIO
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import simpy
from simpy.resources.base import BaseResource

from mock_systems.kit import faults as kinds
from mock_systems.kit.faults import CallFault
from mock_systems.kit.ledger import Fact
from mock_systems.kit.listing import Changes, ChangesPage, position
from mock_systems.kit.physics import call_after
from mock_systems.kit.poison import with_bad_rows
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Reply

if TYPE_CHECKING:
    from mock_systems.kit.mishaps import Call
    from mock_systems.kit.system import MockSystem

_CLOCKWORK: Final = (simpy.Environment, simpy.Event, BaseResource, FunctionType, MethodType)


class State(NamedTuple):
    """The books as they were at a time; `kept` are the parts of the clockwork that they refer to."""

    at_us: int
    books: bytes
    kept: list[object]


class _Copying(pickle.Pickler):
    """Copies books; systems and what belongs to the clock (people at work, waits, acts) are kept as they are."""

    def __init__(self, file: BytesIO) -> None:
        from mock_systems.kit.system import MockSystem  # it stands on the door, which stands on this

        super().__init__(file)
        self._live = (MockSystem, *_CLOCKWORK)
        self.kept: list[object] = []

    def persistent_id(self, thing: object) -> int | None:
        if isinstance(thing, self._live):
            self.kept.append(thing)
            return len(self.kept) - 1
        return None


class _Reading(pickle.Unpickler):
    def __init__(self, state: State) -> None:
        super().__init__(BytesIO(state.books))
        self._kept = state.kept

    def persistent_load(self, place: int) -> object:
        return self._kept[place]


class OldStates:
    """Copies of a system's books, `every_us` apart, while one read fault is on: a replica that lags."""

    def __init__(self, system: MockSystem, fault: CallFault) -> None:
        self._system = system
        self._fault = fault
        self._every_us = max(1, fault.delay_us // 2)
        self._states: deque[State] = deque()
        self._facts = -1
        self._loaded: tuple[int, Any] = (-1, None)
        self._take()

    def read(self, call: Call) -> Reply:
        """Have the system answer from the oldest state that the fault allows."""
        system, now_us = self._system, call.now_us
        while len(self._states) > 1 and now_us - self._states[0].at_us > self._fault.delay_us:
            self._states.popleft()
        oldest = self._states[0]
        if now_us - oldest.at_us > self._fault.delay_us:
            return call.handle(now_us)
        if self._loaded[0] != oldest.at_us:
            self._loaded = (oldest.at_us, _Reading(oldest).load())
        current, system.books = system.books, self._loaded[1]
        try:
            return call.handle(now_us)
        finally:
            system.books = current

    def _take(self) -> None:
        env = self._system.env
        assert env is not None, f"{self._system.name}: start(env) comes before the first request"
        now_us = int(env.now)
        if self._states and (now_us >= self._fault.until_us or self._fault not in self._system.door.faults):
            return
        facts = self._system.ledger.written
        self._states.append(self._states[-1]._replace(at_us=now_us) if facts == self._facts else self._copy(now_us))
        self._facts = facts
        while len(self._states) > 1 and now_us - self._states[1].at_us >= self._fault.delay_us:
            self._states.popleft()
        call_after(env, self._every_us, self._take)

    def _copy(self, now_us: int) -> State:
        file = BytesIO()
        copying = _Copying(file)
        copying.dump(self._system.books)
        return State(now_us, file.getvalue(), copying.kept)


class Lies:
    """What the lists of a system's changes hold back: rows that are too young, or whose page has drifted."""

    def __init__(self, system: MockSystem, streams: Streams) -> None:
        self._streams = streams
        held = [getattr(value, "changes", value) for value in vars(system.books).values()]
        self._lists = [value for value in held if isinstance(value, Changes)]
        # Of each list, (time, length then): a row's age is that of the first length that holds it.
        self._grown: list[list[tuple[int, int]]] = [[(0, len(changes))] for changes in self._lists]
        system.ledger.listeners.append(self._heard)

    def tell(self, faults: list[CallFault], call: Call) -> tuple[Reply, list[CallFault]]:
        """Have the system answer while its lists lie; the reply, and those faults that changed a page of it."""
        pages = [LyingPage(faults, grown, call, self._streams) for grown in self._grown]
        for changes, page in zip(self._lists, pages, strict=True):
            changes.lies = page
        try:
            reply = call.handle(call.now_us)
            return reply, [fault for fault in faults if any(fault.id in page.struck for page in pages)]
        finally:
            for changes in self._lists:
                changes.lies = None

    def _heard(self, fact: Fact) -> None:
        for changes, grown in zip(self._lists, self._grown, strict=True):
            if len(changes) != grown[-1][1]:
                grown.append((fact.at_us, len(changes)))


class LyingPage:
    """One page of a list of changes that leaves rows out."""

    def __init__(self, faults: list[CallFault], grown: list[tuple[int, int]], call: Call, streams: Streams) -> None:
        self._late = [fault for fault in faults if fault.kind == kinds.LATE_INDEX]
        self._drifting = [fault for fault in faults if fault.kind == kinds.PAGE_DRIFT]
        self._grown = grown
        self._call = call
        self._streams = streams
        self.struck: dict[str, None] = {}

    def page(self, changes: Changes, cursor: str | None, limit: int) -> ChangesPage:
        """The page, less what is not indexed yet; its cursor passes those rows, or misses its place by one."""
        lies, changes.lies = changes.lies, None
        page = changes.page(cursor, limit)
        changes.lies = lies
        shown = [entity for entity in page.entities if not self._is_hidden(changes, entity)]
        next_cursor = page.next_cursor
        for fault in self._drifting:
            named = (next_cursor, self._call.ordinal)
            if page.has_more and fault.takes_row(named, self._streams):
                self.struck[fault.id] = None
                ahead = self._streams.fraction("drift", fault.id, *named) < 0.5
                number = position(next_cursor, len(changes)) + (1 if ahead else -1)
                next_cursor = str(max(position(cursor, len(changes)) + 1, min(number, len(changes))))
        return ChangesPage(shown, next_cursor, page.has_more)

    def _is_hidden(self, changes: Changes, entity: str) -> bool:
        if not self._late:
            return False
        number = changes.number_of(entity)
        at_us = next((at_us for at_us, length in self._grown if length >= number), self._call.now_us)
        age_us = self._call.now_us - at_us
        for fault in self._late:
            if age_us < fault.delay_us and fault.takes_row((entity, number), self._streams):
                self.struck[fault.id] = None
                return True
        return False


class BadReads:
    """The read faults of one door at work."""

    def __init__(self, system: MockSystem, streams: Streams) -> None:
        self._system = system
        self._streams = streams
        self._old: dict[str, OldStates] = {}
        self._lies: Lies | None = None

    def answer(self, call: Call, faults: list[CallFault]) -> tuple[Reply, list[CallFault]]:
        """The reply to a read that these faults mean, and those of them that changed it."""
        stale = next((fault for fault in faults if fault.kind == kinds.STALE_READ), None)
        if stale is not None:
            old = self._old.get(stale.id)
            if old is None:
                old = self._old[stale.id] = OldStates(self._system, stale)
            reply, struck = old.read(call), [stale]
        else:
            lies = self._lies
            if lies is None:
                lies = self._lies = Lies(self._system, self._streams)
            reply, struck = lies.tell(faults, call)
        for fault in faults:
            if fault.kind == kinds.POISONED and self._poison(reply, fault):
                struck.append(fault)
        return reply, struck

    def _poison(self, reply: Reply, fault: CallFault) -> bool:
        """Spoil rows of the reply's list; the reply is a new one, the books keep theirs."""
        body, reply.body = reply.body, with_bad_rows(reply.body, fault, self._streams)
        return body is not reply.body
