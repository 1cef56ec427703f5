"""Where the facts of one live system come from: by default its admin API, page by page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

from mock_systems.kit.ledger import Fact
from mock_systems.kit.live.call_book import CallSeen
from sandbox.errors import SandboxError
from sandbox.worlds.live.ledgers.admin_client import PAGE, AdminAway, AdminClient
from sandbox.worlds.live.ledgers.alarms import note_of
from sandbox.worlds.virtual.notes import Note

_FIRST: Final = 0


class BooksRenewed(SandboxError):
    """A system's books are others than those that were read before: it was reset or restored. Read all anew."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is new: facts, and calls and notes where the source can tell them, each in their order.

    All that happened before `complete_us` is known with it; `more` says that there is more to be read at once.
    """

    facts: list[Fact]
    calls: list[CallSeen]
    complete_us: int
    more: bool = False
    notes: list[Note] = field(default_factory=list)


class Source(Protocol):
    """The facts of one system, in the order in which they happened, each told once."""

    @property
    def system(self) -> str:
        """The system's name."""

    async def read(self) -> Reading | None:
        """What is new since the last reading; None while the system can't be asked. Raises BooksRenewed."""


class AdminSource:
    """Reads a mock system's own ledger and its door's calls.

    A process that was killed comes back with its books, so nothing is lost or told twice; the calls that it had not
    told yet are gone. `missed` counts those of which that is certain. With `notes` it tells its alarms, too.
    """

    def __init__(self, admin: AdminClient, *, notes: bool = False) -> None:
        self.missed = 0
        self._notes = notes
        self._alarm = _FIRST
        self._admin = admin
        self._generation: int | None = None
        self._fact = _FIRST
        self._process: int | None = None
        self._call = _FIRST

    @property
    def system(self) -> str:
        """The system's name."""
        return self._admin.system

    async def read(self) -> Reading | None:
        """One page of each; None while the process is away."""
        try:
            facts = await self._admin.facts(self._fact)
            calls = await self._admin.calls(self._call)
            if self._process not in (None, calls.process):
                calls = await self._admin.calls(_FIRST)
                self._alarm = _FIRST
            alarms = await self._admin.alarms(self._alarm) if self._notes else []
        except AdminAway:
            return None
        self._check(facts.generation, facts.written)
        if facts.facts:
            self._fact = facts.facts[-1].seq
        if calls.calls:
            before = self._call if self._process == calls.process else _FIRST
            self.missed += calls.calls[0].seq - before - 1
            self._call = calls.calls[-1].seq
        elif self._process != calls.process:
            self._call = _FIRST
        self._process = calls.process
        if alarms:
            self._alarm = alarms[-1].seq
        notes = [note for alarm in alarms if (note := note_of(self.system, alarm)) is not None]
        full = [page for page in (facts.facts, calls.calls) if len(page) == PAGE]
        complete_us = min(facts.now_us, calls.now_us, *(page[-1].at_us for page in full))
        return Reading(facts.facts, calls.calls, complete_us, bool(full), notes)

    def _check(self, generation: int, written: int) -> None:
        if self._generation not in (None, generation):
            raise BooksRenewed(f"{self.system} was reset or restored while its books were read")
        if written < self._fact:
            raise BooksRenewed(f"{self.system} has fewer facts than before: these are other books")
        self._generation = generation
