"""Where two runs part: the first fact in any book, and the first thing noticed, that one has and the other has not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sandbox.records.narration import tell
from sandbox.records.record import Record, RecordedFact, RecordedNote

Entry = RecordedFact | RecordedNote


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of a record in words: when, in whose book or by whom it was noticed, what."""

    at_us: int
    where: str
    text: str

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"at_us": self.at_us, "where": self.where, "text": self.text}


@dataclass(frozen=True, slots=True)
class Difference:
    """What a failing run has at the place where a passing one has something else (None: it has come to its end)."""

    failing: Told | None
    passing: Told | None

    @property
    def at_us(self) -> int:
        """When they part (UTC)."""
        return min(told.at_us for told in (self.failing, self.passing) if told is not None)

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "failing": None if self.failing is None else self.failing.as_json(),
            "passing": None if self.passing is None else self.passing.as_json(),
        }


def first_fact(failing: Record, passing: Record, order: str | None = None) -> Difference | None:
    """The first fact that differs, of one order where it is given; None where all books are the same."""
    return _first(_facts(failing, order), _facts(passing, order))


def first_note(failing: Record, passing: Record) -> Difference | None:
    """The first thing noticed that differs; the faults' own strikes are left out."""
    return _first(_notes(failing), _notes(passing))


def _facts(record: Record, order: str | None) -> Iterator[Entry]:
    return (fact for fact in record.facts() if order is None or fact.order == order)


def _notes(record: Record) -> Iterator[Entry]:
    return (note for note in record.notes() if note.source != "faults")


def _first(failing: Iterator[Entry], passing: Iterator[Entry]) -> Difference | None:
    for one, other in zip_longest(failing, passing):
        if _what(one) != _what(other):
            return Difference(_told(one), _told(other))
    return None


def _what(entry: Entry | None) -> tuple[Any, ...]:
    """An entry without its numbers, which count what else was noticed, too."""
    if entry is None:
        return ()
    if isinstance(entry, RecordedFact):
        return entry.at_us, entry.system, entry.kind, entry.entity, entry.order, entry.data
    return entry.at_us, entry.source, entry.kind, entry.entity, entry.order, entry.detail


def _told(entry: Entry | None) -> Told | None:
    if entry is None:
        return None
    return Told(entry.at_us, entry.system if isinstance(entry, RecordedFact) else entry.source, tell(entry))
