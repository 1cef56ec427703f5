"""A transaction of the virtual database: reads what is committed and its own writes, and notes what it read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sandbox.core.ports import DuplicateRow, Row, StoreError, Table
from sandbox.worlds.virtual.tables import Bucket, IndexValue, Range, TableData

if TYPE_CHECKING:
    from sandbox.worlds.virtual.store import MemoryStore

Place = tuple[TableData, str]
_OPEN: Any = object()
_CHANGED = -1
_ORDER = re.compile(r"W-\d{6}")
"""How the shop numbers business orders, which keys of rows begin with or hold."""


class MemoryTransaction:
    """`reads` maps each row that was read to its version then, `writes` each row to be written to its new value.

    `since` is the store's version at the beginning.
    """

    __slots__ = ("_store", "ended", "inserted", "ranges", "reads", "since", "writes")

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.since = store.version
        self.ended = False
        self.reads: dict[Place, int] = {}
        self.ranges: list[Range] = []
        self.writes: dict[Place, Row | None] = {}
        self.inserted: dict[Place, None] = {}

    def subject(self) -> tuple[str, str | None]:
        """What it is about, for faults and listeners: the tables that it writes, as `sagas+outbox`, and its order."""
        names = sorted({data.table.name for data, _ in self.writes})
        found = (_ORDER.search(key) for _, key in self.writes)
        return "+".join(names), next((match.group() for match in found if match is not None), None)

    async def get(self, table: Table, key: str) -> Row | None:
        """The row under `key`, this transaction's own writes included."""
        data = self._store.data(table)
        place = (data, key)
        row = self.writes.get(place, _OPEN) if self.writes else _OPEN
        if row is _OPEN:
            row = self._read(place)
        return row.copy() if row is not None else None

    async def insert(self, table: Table, key: str, row: Row) -> None:
        """Add a row. Raises DuplicateRow when the key is taken."""
        place = (self._store.data(table), key)
        found = self.writes.get(place, _OPEN)
        if found is _OPEN:
            found = self._read(place)
            self.inserted[place] = None
        if found is not None:
            raise DuplicateRow(f"{table.name} has a row {key!r} already")
        self._write(place, row.copy())

    async def put(self, table: Table, key: str, row: Row) -> None:
        """Add or replace a row."""
        self._write((self._store.data(table), key), row.copy())

    async def delete(self, table: Table, key: str) -> None:
        """Remove the row, if there is one."""
        self._write((self._store.data(table), key), None)

    async def find(self, table: Table, index: str, value: str | int, limit: int = 1000) -> Sequence[tuple[str, Row]]:
        """Rows whose indexed field equals `value`, in the order of their keys."""
        data = self._store.data(table)
        buckets = data.indexes.get(index)
        if buckets is None:
            raise ValueError(
                f"table {table.name!r} has no index {index!r}; it has {', '.join(table.indexes) or 'none'}"
            )
        mine = self._mine(data)
        mine_found = [key for key, row in mine.items() if row is not None and row.get(index) == value]
        return self._select(data, buckets, value, "", limit, mine, mine_found)

    async def scan(self, table: Table, after: str = "", limit: int = 1000) -> Sequence[tuple[str, Row]]:
        """Rows with keys greater than `after`, in the order of their keys."""
        data = self._store.data(table)
        mine = self._mine(data)
        mine_found = [key for key, row in mine.items() if row is not None and key > after]
        return self._select(data, data.everything, None, after, limit, mine, mine_found)

    def _mine(self, data: TableData) -> dict[str, Row | None]:
        if not self.writes:
            return {}
        return {key: row for (written, key), row in self.writes.items() if written is data}

    def _select(
        self,
        data: TableData,
        buckets: dict[Any, Bucket],
        value: IndexValue,
        after: str,
        limit: int,
        mine: dict[str, Row | None],
        mine_found: list[str],
    ) -> list[tuple[str, Row]]:
        """The first `limit` rows of a bucket, overlaid with this transaction's own writes."""
        bucket = buckets.get(value)
        most = limit + len(mine)
        seen = bucket.keys.after(after, most) if bucket is not None else []
        self.ranges.append(Range(buckets, value, after, seen[-1] if len(seen) == most and seen else None, seen))
        keys = seen
        if mine:
            keys = sorted([key for key in seen if key not in mine] + mine_found)[:limit]
        found = []
        for key in keys:
            row = mine.get(key)
            if row is None:
                row = self._read((data, key))
            assert row is not None
            found.append((key, row.copy()))
        return found

    def _read(self, place: Place) -> Row | None:
        """The committed row; its version is noted at the first look."""
        data, key = place
        entry = data.rows.get(key)
        version = entry[0] if entry is not None else 0
        if self.reads.setdefault(place, version) != version:
            # It changed between two looks. A row that comes and goes is absent at both ends, so note it for good.
            self.reads[place] = _CHANGED
        return entry[1] if entry is not None else None

    def _write(self, place: Place, row: Row | None) -> None:
        if self.ended:
            raise StoreError("the transaction has ended: write inside its `async with` block")
        self.writes[place] = row
