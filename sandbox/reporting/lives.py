"""The lives of orders and things around a finding: what the books and the core's notes say of them, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.records.narration import tell
from sandbox.records.record import RecordedFact, RecordedNote
from sandbox.records.summary import Finding
from sandbox.reporting.books import Books

# A thing that belongs to no order, such as an item, has no beginning: so much of its life is told.
_LAST_FACTS = 24
# Notes of the world and the core that concern whoever lives through them.
_SHARED_NOTES = ("core.crashed", "core.started")
_AT_FIRST = 10
_EVIDENCE_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story. `lane` is the system where it happened, `core` for what the integration noticed."""

    place: int
    at_us: int
    lane: str
    kind: str
    text: str
    is_fact: bool
    is_fault: bool
    is_evidence: bool


@dataclass(frozen=True, slots=True)
class Story:
    """A finding with the steps that led to it; `left_out` counts those that were not worth the room."""

    finding: Finding
    steps: tuple[Step, ...]
    left_out: int = 0


class Lives:
    """Tells stories from the books of a record; `limit` is how many steps a reader is asked to follow."""

    def __init__(self, books: Books, limit: int = 48) -> None:
        self._books = books
        self._limit = limit

    def story(self, finding: Finding) -> Story:
        """The story of a finding: its order's life, or its thing's latest days."""
        evidence = set(finding.evidence)
        entries = self._of_order(finding.order) if finding.order else self._of_thing(finding)
        entries += [fact for fact in self._facts_at(finding.evidence) if fact not in entries]
        entries = [entry for entry in entries if _is_worth_telling(entry, evidence)]
        entries.sort(key=lambda entry: entry.seq)
        kept = self._around(entries, evidence)
        steps = tuple(_step(place, entry, evidence) for place, entry in enumerate(kept, start=1))
        return Story(finding, steps, len(entries) - len(kept))

    def _of_order(self, order: str) -> list[RecordedFact | RecordedNote]:
        entries: list[RecordedFact | RecordedNote] = list(self._facts("order_number = ?", order))
        entries += self._notes("order_number = ? OR entity = ?", order, order)
        traces = sorted({entry.trace for entry in entries if isinstance(entry, RecordedFact) and entry.trace})
        if traces:
            known = ", ".join("?" * len(traces))
            entries += self._notes(f"source = 'network' AND detail ->> '$.trace' IN ({known})", *traces)
        if entries:
            first, last = min(entry.seq for entry in entries), max(map(_last_of_ours, entries))
            kinds = ", ".join("?" * len(_SHARED_NOTES))
            entries += self._notes(f"kind IN ({kinds}) AND seq BETWEEN ? AND ?", *_SHARED_NOTES, first, last)
        return list({entry.seq: entry for entry in entries}.values())

    def _of_thing(self, finding: Finding) -> list[RecordedFact | RecordedNote]:
        thing = "(entity = ?1 OR entity LIKE '%/' || ?1) AND at_us <= ?2 ORDER BY seq DESC LIMIT ?3"
        return list(self._facts(thing, finding.entity, finding.at_us, _LAST_FACTS))

    def _facts_at(self, evidence: Sequence[tuple[str, int]]) -> Iterator[RecordedFact]:
        shown = evidence[:_EVIDENCE_SHOWN]
        if shown:
            places = ", ".join(["(?, ?)"] * len(shown))
            yield from self._facts(
                f"(system, system_seq) IN (VALUES {places})", *(part for ref in shown for part in ref)
            )

    def _facts(self, where: str, *values: Any) -> Iterator[RecordedFact]:
        for row in self._books.rows(f"SELECT * FROM facts WHERE {where}", *values):
            yield RecordedFact(*_read(row))

    def _notes(self, where: str, *values: Any) -> Iterator[RecordedNote]:
        for row in self._books.rows(f"SELECT * FROM notes WHERE {where}", *values):
            yield RecordedNote(*_read(row))

    def _around(
        self, entries: list[RecordedFact | RecordedNote], evidence: set[tuple[str, int]]
    ) -> list[RecordedFact | RecordedNote]:
        """The first steps and those nearest to the evidence, where there are more than a reader would follow."""
        if len(entries) <= self._limit:
            return entries
        marked = [place for place, entry in enumerate(entries) if _is_evidence(entry, evidence)] or [0]
        near = sorted(
            range(len(entries)),
            key=lambda place: (place >= _AT_FIRST and min(abs(place - mark) for mark in marked), place),
        )
        return [entries[place] for place in sorted(near[: self._limit])]


def _last_of_ours(entry: RecordedFact | RecordedNote) -> int:
    """Its place, unless the parcel is under way by then: what happens to the core no longer matters."""
    is_under_way = isinstance(entry, RecordedFact) and entry.system in ("carrier", "commerce")
    return 0 if is_under_way else entry.seq


def _read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row with its last column, which is JSON, read."""
    return (*row[:-1], json.loads(row[-1]))


def _step(place: int, entry: RecordedFact | RecordedNote, evidence: set[tuple[str, int]]) -> Step:
    text = tell(entry)
    if isinstance(entry, RecordedFact):
        return Step(place, entry.at_us, entry.system, entry.kind, text, True, False, _is_evidence(entry, evidence))
    is_fault = entry.source == "faults" or entry.kind == "core.crashed"
    lane = entry.entity.partition(" ")[0] if entry.source == "faults" else "core"
    return Step(place, entry.at_us, lane, entry.kind, text, False, is_fault, False)


def _is_evidence(entry: RecordedFact | RecordedNote, evidence: set[tuple[str, int]]) -> bool:
    return isinstance(entry, RecordedFact) and (entry.system, entry.system_seq) in evidence


def _is_worth_telling(entry: RecordedFact | RecordedNote, evidence: set[tuple[str, int]]) -> bool:
    """General ledger entries repeat what the document before them says."""
    return entry.kind != "gl.posted" or _is_evidence(entry, evidence)
