"""The rows of the virtual database, with their versions and indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.core.ports import Row, Table
from sandbox.worlds.virtual.sorted_keys import SortedKeys

IndexValue = str | int | None


class Bucket:
    """Row keys in order. `stamp` is the version of the commit that last added or removed one."""

    __slots__ = ("keys", "stamp")

    def __init__(self) -> None:
        self.keys = SortedKeys()
        self.stamp = 0

    def add(self, key: str, stamp: int) -> None:
        """Put a key in its place."""
        self.keys.add(key)
        self.stamp = stamp

    def remove(self, key: str, stamp: int) -> None:
        """Take a key out."""
        self.keys.remove(key)
        self.stamp = stamp


class Range:
    """What a `find` or `scan` saw: all keys of a bucket after `after`, up to `upto` (None: to the end)."""

    __slots__ = ("after", "buckets", "seen", "stamp", "upto", "value")

    def __init__(
        self, buckets: Mapping[Any, Bucket], value: IndexValue, after: str, upto: str | None, seen: list[str]
    ) -> None:
        self.buckets = buckets
        self.value = value
        self.after = after
        self.upto = upto
        self.seen = seen
        bucket = buckets.get(value)
        self.stamp = bucket.stamp if bucket is not None else 0

    def holds(self) -> bool:
        """Whether the same keys would be seen now."""
        bucket = self.buckets.get(self.value)
        if bucket is None:
            return not self.seen
        if bucket.stamp == self.stamp:
            return True
        return bucket.keys.between(self.after, self.upto) == self.seen


class TableData:
    """The committed rows of one table: `rows` maps a key to (version, row). `everything` has one bucket: all keys."""

    __slots__ = ("everything", "indexes", "rows", "table")

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows: dict[str, tuple[int, Row]] = {}
        self.everything: dict[Any, Bucket] = {None: Bucket()}
        self.indexes: dict[str, dict[Any, Bucket]] = {name: {} for name in table.indexes}

    def version(self, key: str) -> int:
        """The version of a row; 0 where there is none."""
        entry = self.rows.get(key)
        return entry[0] if entry is not None else 0

    def write(self, key: str, row: Row | None, version: int) -> None:
        """Put a row, or with None delete it, as part of the commit `version`."""
        entry = self.rows.get(key)
        before = entry[1] if entry is not None else None
        if row is not None:
            self.rows[key] = (version, row)
            if before is None:
                self.everything[None].add(key, version)
        elif before is not None:
            del self.rows[key]
            self.everything[None].remove(key, version)
        for name, buckets in self.indexes.items():
            old = before.get(name) if before is not None else None
            new = row.get(name) if row is not None else None
            if old != new:
                _move(buckets, key, old, new, version)


def _move(buckets: dict[Any, Bucket], key: str, old: IndexValue, new: IndexValue, version: int) -> None:
    if old is not None:
        bucket = buckets[old]
        bucket.remove(key, version)
        if not bucket.keys:
            del buckets[old]
    if new is not None:
        found = buckets.get(new)
        if found is None:
            found = buckets[new] = Bucket()
        found.add(key, version)
