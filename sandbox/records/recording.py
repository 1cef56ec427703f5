"""Write a run's record while the run goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic_core import to_json

from mock_systems.kit.ledger import Fact
from sandbox.errors import SandboxError
from sandbox.records.record import Record
from sandbox.records.record_folder import FACTS_FILE, MESSAGES_FILE, SUMMARY_FILE, RecordError, Workplace, unwritten
from sandbox.records.summary import Summary

# Few commits, and each short enough that a killed run loses little.
_BATCH = 20_000
_MESSAGES = 1_000
_SCHEMA = """
CREATE TABLE facts (
  seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, system TEXT NOT NULL, system_seq INTEGER NOT NULL,
  kind TEXT NOT NULL, entity TEXT NOT NULL, order_number TEXT, trace TEXT, fence INTEGER, data TEXT NOT NULL
) STRICT;
CREATE TABLE notes (
  seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL,
  entity TEXT NOT NULL, order_number TEXT, detail TEXT NOT NULL
) STRICT;
CREATE TABLE series (name TEXT NOT NULL, at_us INTEGER NOT NULL, value REAL NOT NULL) STRICT;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS facts_by_order ON facts (order_number) WHERE order_number IS NOT NULL;
CREATE INDEX IF NOT EXISTS facts_by_entity ON facts (entity);
CREATE INDEX IF NOT EXISTS notes_by_order ON notes (order_number) WHERE order_number IS NOT NULL;
CREATE INDEX IF NOT EXISTS series_by_name ON series (name, at_us);
"""


class RecordWriter:
    """Fills a run's folder. Use as a context: what was done is kept whatever ends the block.

    `fact` is a ledger's listener; `note`, `sample` and `message` take what the world notices. Bodies become JSON only
    when a batch is written, so they must not change after they were handed over. Raises InputError at once where the
    folder cannot be written, RecordError later.
    """

    def __init__(self, folder: Path, begun: Summary) -> None:
        self.folder = folder
        self._summary = begun.model_copy(update={"finished": False, "interrupted": "the program was stopped"})
        self._closed = self._filled = False
        self._seq = 0
        self._facts: list[tuple[int, Fact]] = []
        self._notes: list[tuple[int, int, str, str, str, str | None, Mapping[str, Any]]] = []
        self._series: list[tuple[str, int, float]] = []
        self._messages: list[Mapping[str, Any]] = []
        self._place = Workplace(folder)
        try:
            self._db = sqlite3.connect(self._place.path / FACTS_FILE, isolation_level=None)
            self._db.executescript(f"PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; {_SCHEMA}")
        except sqlite3.Error as error:
            self._place.discard()
            raise unwritten(folder / FACTS_FILE, error) from None
        try:
            self._place.write(SUMMARY_FILE, self._summary.model_dump_json(indent=2))
        except RecordError:
            self._give_up()
            raise

    def fact(self, fact: Fact) -> None:
        """Keep a fact."""
        self._seq = seq = self._seq + 1
        self._facts.append((seq, fact))
        if not seq % _BATCH:
            self.flush()

    def note(
        self, at_us: int, source: str, kind: str, entity: str, order: str | None, detail: Mapping[str, Any]
    ) -> None:
        """Keep what was noticed."""
        self._seq = seq = self._seq + 1
        self._notes.append((seq, at_us, source, kind, entity, order, detail))
        if not seq % _BATCH:
            self.flush()

    def sample(self, at_us: int, name: str, value: float) -> None:
        """Keep one value of a series."""
        self._series.append((name, at_us, value))

    def message(self, message: Mapping[str, Any]) -> None:
        """Keep a webhook or event as it was sent, in `messages.ndjson`."""
        self._messages.append(message)
        if len(self._messages) >= _MESSAGES:
            self._write_messages()

    def _write_messages(self) -> None:
        if not self._messages:
            return
        try:
            with (self._place.path / MESSAGES_FILE).open("ab") as file:
                file.writelines(to_json(message) + b"\n" for message in self._messages)
        except OSError as error:
            raise unwritten(self.folder / MESSAGES_FILE, error) from None
        self._messages.clear()

    def flush(self) -> None:
        """Write what is waiting. Raises RecordError."""
        self._write_messages()
        try:
            if self._db.in_transaction:  # an earlier batch was cut off: it is still waiting, too
                self._db.execute("ROLLBACK")
            self._db.execute("BEGIN")
            self._db.executemany("INSERT INTO facts VALUES (?,?,?,?,?,?,?,?,?,?)", map(_fact_row, self._facts))
            self._db.executemany("INSERT INTO notes VALUES (?,?,?,?,?,?,?)", map(_note_row, self._notes))
            self._db.executemany("INSERT INTO series VALUES (?,?,?)", self._series)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise unwritten(self.folder / FACTS_FILE, error) from None
        self._facts.clear()
        self._notes.clear()
        self._series.clear()

    def close(self, summary: Summary) -> Record:
        """Complete the record and move it into its place. Raises RecordError or InputError, and keeps nothing then."""
        try:
            self._complete(summary)
        except SandboxError:
            self._give_up()
            raise
        self._closed = True
        return Record(self.folder, summary)

    def _complete(self, summary: Summary) -> None:
        """May be done again where it was interrupted."""
        if not self._filled:
            self.flush()
            try:
                self._db.executescript(_INDEXES)
            except sqlite3.Error as error:
                raise unwritten(self.folder / FACTS_FILE, error) from None
            self._db.close()
            self._filled = True
        self._place.write(SUMMARY_FILE, summary.model_dump_json(indent=2))
        self._place.move_into_place()

    def _give_up(self) -> None:
        self._closed = True
        self._db.close()
        self._place.discard()

    def interrupt(self, reason: str) -> Record:
        """Complete the record of a run that did not come to its end."""
        return self.close(self._summary.model_copy(update={"interrupted": reason}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._closed:
            return
        if isinstance(error, RecordError):
            self._give_up()
        else:
            self.interrupt(_reason(error))


def _fact_row(kept: tuple[int, Fact]) -> tuple[Any, ...]:
    seq, (system_seq, at_us, system, kind, entity, order, data, trace, fence) = kept
    return seq, at_us, system, system_seq, kind, entity, order, trace, fence, to_json(data).decode()


def _note_row(kept: tuple[int, int, str, str, str, str | None, Mapping[str, Any]]) -> tuple[Any, ...]:
    *note, detail = kept
    return (*note, to_json(detail, fallback=str).decode())


def _reason(error: BaseException | None) -> str:
    if error is None:
        return "the run ended without a summary"
    if isinstance(error, KeyboardInterrupt):
        return "the user stopped it"
    return f"{type(error).__name__}: {error}"
