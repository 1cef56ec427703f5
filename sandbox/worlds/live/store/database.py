"""What the store asks of a database: reads of what is committed, and one commit at a time under a lock.

A row comes as its key's text, the version of the commit that wrote it, and its JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sandbox.core.ports import Row, Table


class Place(NamedTuple):
    """Where a row is: the name of its table and its key's text."""

    table: str
    key: str


class StoredRow(NamedTuple):
    """A committed row: its key's text, its version (from 1), its JSON."""

    key: str
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Search:
    """The first `most` rows of a table after the key text `after`, by key; with `index`, those that have `value`."""

    table: Table
    index: str | None
    value: str | None
    after: str
    most: int


class Write(NamedTuple):
    """What becomes of a row: its new fields, their JSON and the texts of those indexed; no fields delete it."""

    row: Row | None
    text: str
    indexed: tuple[str | None, ...]


class Database(Protocol):
    """A database with the tables of `schema`. Every method raises StoreUnavailable when it does not answer.

    After `begin` no other commit begins, in any process, until `commit` or `roll_back` has ended this one; the four
    methods in between belong to it. A `commit` that raises may have happened or not.
    """

    async def create(self) -> None:
        """Make the tables that are missing. Raises ValueError when they are another version's."""

    async def row(self, table: str, key: str) -> tuple[int, str] | None:
        """Version and JSON of a committed row."""

    async def rows(self, search: Search) -> list[StoredRow]:
        """Committed rows, by key."""

    async def begin(self) -> int:
        """Wait for the lock; the version of this commit, greater than any before."""

    async def versions(self, places: Mapping[str, Sequence[str]]) -> dict[Place, int]:
        """The versions of those rows that there are, by table and keys."""

    async def found(self, search: Search) -> list[tuple[str, int]]:
        """Keys and versions of what a search finds now."""

    async def write(self, version: int, table: Table, writes: Mapping[str, Write]) -> None:
        """Put and delete rows of a table."""

    async def last_commit(self, store: str) -> int:
        """The number of a store's last commit; 0 before the first."""

    async def commit(self, store: str, number: int, version: int) -> None:
        """End with the writes done, as this store's commit `number`."""

    async def roll_back(self) -> None:
        """End with nothing done, whatever state this is in."""

    async def close(self) -> None:
        """Let go of all connections."""
