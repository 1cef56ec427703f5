"""The record of a run, read back: every command that tells of a run is pointed at one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sandbox.errors import InputError
from sandbox.records.record_folder import FACTS_FILE, SUMMARY_FILE, is_record
from sandbox.records.summary import Summary


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """A fact with its place `seq` in the run's global order, which notes share."""

    seq: int
    at_us: int
    system: str
    system_seq: int
    kind: str
    entity: str
    order: str | None
    trace: str | None
    fence: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordedNote:
    """What the world or the core noticed; `source` is core, network, webhooks, faults or world."""

    seq: int
    at_us: int
    source: str
    kind: str
    entity: str
    order: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A run's folder, to be read."""

    folder: Path
    summary: Summary

    @classmethod
    def open(cls, folder: Path) -> Record:
        """The record in `folder`. Raises InputError where there is none that can be read."""
        if not is_record(folder):
            told = "is not a run's record" if folder.exists() else "is not there"
            raise InputError(told, file=str(folder), remedy="give the folder that `sandbox run` printed")
        path = folder / SUMMARY_FILE
        try:
            return cls(folder, Summary.model_validate_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            field = ".".join(map(str, error.errors()[0]["loc"])) if isinstance(error, ValidationError) else None
            remedy = "it was damaged, or written by another version: repeat the run"
            raise InputError("cannot be read as a record", file=str(path), field=field, remedy=remedy) from None

    def facts(self, *, order: str | None = None, entity: str | None = None) -> Iterator[RecordedFact]:
        """The facts in the run's order; only those of an order or an entity, if given."""
        rows = self._rows("facts", {"order_number": order, "entity": entity})
        for seq, at_us, system, system_seq, kind, entity_, order_, trace, fence, data in rows:
            said = json.loads(data)
            yield RecordedFact(seq, at_us, system, system_seq, kind, entity_, order_, trace, fence, said)

    def notes(self, *, order: str | None = None, entity: str | None = None) -> Iterator[RecordedNote]:
        """The notes in the run's order; only those of an order or an entity, if given."""
        rows = self._rows("notes", {"order_number": order, "entity": entity})
        for seq, at_us, source, kind, entity_, order_, detail in rows:
            yield RecordedNote(seq, at_us, source, kind, entity_, order_, json.loads(detail))

    def about(self, order: str) -> tuple[list[RecordedFact], list[RecordedNote]]:
        """All facts and notes about one order: under its number, or under a trace that an order's fact carries."""
        traces = {fact.trace for fact in self.facts(order=order) if fact.trace is not None}
        facts = [fact for fact in self.facts() if fact.order == order or fact.trace in traces]
        notes = [
            note for note in self.notes() if order in (note.order, note.entity) or note.detail.get("trace") in traces
        ]
        return facts, notes

    def series(self, name: str) -> list[tuple[int, float]]:
        """The samples of one series: moment and value."""
        return [(at_us, value) for _, at_us, value in self._rows("series", {"name": name}, "at_us")]

    def series_names(self) -> list[str]:
        """The series that the run kept."""
        with closing(self._connect()) as db:
            return [name for (name,) in db.execute("SELECT DISTINCT name FROM series ORDER BY name")]

    def _rows(self, table: str, equal: Mapping[str, str | None], by: str = "seq") -> list[tuple[Any, ...]]:
        given = {column: value for column, value in equal.items() if value is not None}
        where = " AND ".join(f"{column} = ?" for column in given) or "1"
        with closing(self._connect()) as db:
            return db.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY {by}", tuple(given.values())).fetchall()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{(self.folder / FACTS_FILE).resolve().as_uri()}?mode=ro", uri=True)
