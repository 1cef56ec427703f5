"""A transaction of the live store: reads what is committed and its own writes, and notes what it read.

Nothing reaches the database before the commit, so an open transaction holds no lock, and costs others nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.core.ports import DuplicateRow, Row, SerializationFailure, StoreError, Table
from sandbox.worlds.live.store.database import Database, Place, Search, StoredRow, Write
from sandbox.worlds.live.store.texts import index_text, key_of, key_text, row_text

ABSENT: Final = (0, "")
_DELETED: Final = Write(None, "", ())


@dataclass(frozen=True, slots=True)
class Seen:
    """What a search found: keys and versions."""

    search: Search
    found: list[tuple[str, int]]


class SqlTransaction:
    """One unit of work; see `Transaction`.

    `reads` are the rows read, with version (0: there was none) and JSON as they were at the first look; `seen` are the
    searches; `writes` are kept by table. `expected` are the places of inserts that nobody looked at before: the commit
    finds out whether they are free.
    """

    __slots__ = ("_database", "_tables", "ended", "expected", "looks", "reads", "seen", "writes")

    def __init__(self, database: Database, tables: Mapping[str, Table]) -> None:
        self._database = database
        self._tables = tables
        self.ended = False
        self.looks = 0
        self.reads: dict[Place, tuple[int, str]] = {}
        self.seen: list[Seen] = []
        self.expected: dict[Place, None] = {}
        self.writes: dict[str, dict[str, Write]] = {}

    async def get(self, table: Table, key: str) -> Row | None:
        """The row under `key`, this transaction's own writes included. Raises StoreUnavailable."""
        place = self._place(table, key)
        write = self._mine(table).get(place.key)
        if write is not None:
            return None if write.row is None else write.row.copy()
        known = self.reads.get(place)
        if known is None:
            found = await self._database.row(*place)
            self.looks += 1
            known = self.reads[place] = ABSENT if found is None else found
        return json.loads(known[1]) if known[0] > 0 else None

    async def insert(self, table: Table, key: str, row: Row) -> None:
        """Add a row. Raises DuplicateRow, here or at the commit, when the key is taken."""
        place = self._place(table, key)
        write = self._mine(table).get(place.key)
        if write is None:
            known = self.reads.get(place)
            if known is None:
                self.reads[place] = ABSENT
                self.expected[place] = None
            elif known[0] > 0:
                raise DuplicateRow(f"{table.name} has a row {key!r} already")
            else:
                self.expected[place] = None
        elif write.row is not None:
            raise DuplicateRow(f"{table.name} has a row {key!r} already")
        self._write(place, _written(table, row))

    async def put(self, table: Table, key: str, row: Row) -> None:
        """Add or replace a row."""
        self._write(self._place(table, key), _written(table, row))

    async def delete(self, table: Table, key: str) -> None:
        """Remove the row, if there is one."""
        self._write(self._place(table, key), _DELETED)

    async def find(self, table: Table, index: str, value: str | int, limit: int = 1000) -> Sequence[tuple[str, Row]]:
        """Rows whose indexed field equals `value`, in the order of their keys. Raises StoreUnavailable."""
        self._known(table)
        if index not in table.indexes:
            raise ValueError(
                f"table {table.name!r} has no index {index!r}; it has {', '.join(table.indexes) or 'none'}"
            )
        mine = self._mine(table)
        fits = {key for key, write in mine.items() if write.row is not None and write.row.get(index) == value}
        search = Search(table, index, index_text(value), "", limit + len(mine))
        return await self._select(search, limit, mine, fits)

    async def scan(self, table: Table, after: str = "", limit: int = 1000) -> Sequence[tuple[str, Row]]:
        """Rows with keys greater than `after`, in the order of their keys. Raises StoreUnavailable."""
        self._known(table)
        mine = self._mine(table)
        after_text = key_text(after)
        fits = {key for key, write in mine.items() if write.row is not None and key > after_text}
        return await self._select(Search(table, None, None, after_text, limit + len(mine)), limit, mine, fits)

    def failure(self, versions: Mapping[Place, int]) -> StoreError | None:
        """Why what this read does not hold when rows have these `versions` (0: no row), or None."""
        for place, (version, _) in self.reads.items():
            if versions.get(place, 0) != version:
                if place in self.expected:
                    return DuplicateRow(f"{place.table} has a row {key_of(place.key)!r} already")
                return SerializationFailure(f"{place.table} {key_of(place.key)!r} was changed by another transaction")
        return None

    async def _select(
        self, search: Search, limit: int, mine: Mapping[str, Write], fits: set[str]
    ) -> list[tuple[str, Row]]:
        """The first `limit` rows of a search, overlaid with this transaction's own writes."""
        rows = await self._database.rows(search)
        self.looks += 1
        self.seen.append(Seen(search, [(row.key, row.version) for row in rows]))
        name = search.table.name
        if not mine:
            return [self._told(name, row) for row in rows[:limit]]
        found = {row.key: row for row in rows if row.key not in mine}
        chosen = sorted([*found, *fits])[:limit]
        return [self._told(name, found[key]) if key in found else (key_of(key), _own(mine[key])) for key in chosen]

    def _told(self, table: str, row: StoredRow) -> tuple[str, Row]:
        # Where an earlier look saw another version, this transaction never commits.
        self.reads.setdefault(Place(table, row.key), (row.version, row.text))
        return key_of(row.key), json.loads(row.text)

    def _mine(self, table: Table) -> Mapping[str, Write]:
        return self.writes.get(table.name) or {}

    def _place(self, table: Table, key: str) -> Place:
        self._known(table)
        return Place(table.name, key_text(key))

    def _known(self, table: Table) -> None:
        known = self._tables.get(table.name)
        if known is not table and known != table:
            told = (
                "is not one of this store's"
                if known is None
                else f"is declared twice, with {known.indexes} and {table.indexes}"
            )
            raise ValueError(f"table {table.name!r} {told}")

    def _write(self, place: Place, write: Write) -> None:
        if self.ended:
            raise StoreError("the transaction has ended: write inside its `async with` block")
        self.writes.setdefault(place.table, {})[place.key] = write


def _written(table: Table, row: Row) -> Write:
    """A row as it is now: what is no JSON, or too long for an index, is refused here, where it is written."""
    return Write(row.copy(), row_text(row), tuple(index_text(row.get(field)) for field in table.indexes))


def _own(write: Write) -> Row:
    assert write.row is not None
    return write.row.copy()
