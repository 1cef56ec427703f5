"""Lists in pages, with cursors that stay good while rows are written.

A cursor is a text that a caller only hands back. Three kinds of list: things under sorted keys, things that
are only ever added, and things in the order of their latest change.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.kit.wire import Refusal

T = TypeVar("T")

LIMIT_DEFAULT = 100
LIMIT_MOST = 500


class ListQuery(BaseModel):
    """The query of a list: where to go on from (nothing: at the start), and how many at most."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, max_length=200, description="next_cursor of the page before")
    limit: int = Field(default=LIMIT_DEFAULT, ge=1, le=LIMIT_MOST)


def page_by_key(keys: Sequence[str], cursor: str | None, limit: int) -> tuple[Sequence[str], str | None]:
    """The next keys after the cursor, and the cursor to go on from (None: that was all). `keys` are sorted."""
    start = 0 if cursor is None else bisect_right(keys, cursor)
    page = keys[start : start + limit]
    return page, (page[-1] if start + limit < len(keys) else None)


def page_by_position(rows: Sequence[T], cursor: str | None, limit: int) -> tuple[Sequence[T], str | None]:
    """The next rows of a list that only grows. Raises Refusal (422) for a cursor that none of its pages gave."""
    start = position(cursor, len(rows))
    end = start + limit
    return rows[start:end], (str(end) if end < len(rows) else None)


class LogPage(NamedTuple, Generic[T]):
    """Rows of a list that only grows; `next_cursor` is always given, `has_more`: go on at once."""

    rows: Sequence[T]
    next_cursor: str
    has_more: bool


def page_of_log(rows: Sequence[T], cursor: str | None, limit: int) -> LogPage[T]:
    """What was added after the cursor, for a poller that comes again. Raises Refusal (422) for a foreign cursor."""
    start = position(cursor, len(rows))
    end = min(start + limit, len(rows))
    return LogPage(rows[start:end], str(end), end < len(rows))


def position(cursor: str | None, most: int) -> int:
    """The number that a cursor stands for. Raises Refusal (422) when it is none, or beyond `most`."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit()) or (number := int(cursor)) > most:
        raise Refusal(422, "invalid-cursor", f"no page of this list gave the cursor {cursor!r}")
    return number


class ChangesPage(NamedTuple):
    """Entities in the order of their latest change; `next_cursor` is always given, `has_more`: go on at once."""

    entities: list[str]
    next_cursor: str
    has_more: bool


class LyingList(Protocol):
    """What a fault makes of a list's pages."""

    def page(self, changes: Changes, cursor: str | None, limit: int) -> ChangesPage:
        """The page that goes out in place of the true one."""


class Changes:
    """The order of the latest change of each entity: a poller that follows the cursor misses none.

    A change gives its entity a new number, the highest so far; the place of its older one falls out of the
    list. So an entity that changes while it is being paged comes once more, later.
    """

    def __init__(self) -> None:
        self._log: list[str] = []
        self._latest: dict[str, int] = {}
        # Set while a fault makes this list lie.
        self.lies: LyingList | None = None

    def __len__(self) -> int:
        return len(self._log)

    def note(self, entity: str) -> int:
        """The entity has changed; its new number, from 1."""
        self._log.append(entity)
        number = self._latest[entity] = len(self._log)
        return number

    def number_of(self, entity: str) -> int:
        """The number of the entity's latest change; 0 for one that never changed."""
        return self._latest.get(entity, 0)

    def page(self, cursor: str | None, limit: int) -> ChangesPage:
        """What changed after the cursor. Raises Refusal (422) for a cursor that no page gave."""
        if self.lies is not None:
            return self.lies.page(self, cursor, limit)
        log, latest = self._log, self._latest
        number = position(cursor, len(log))
        entities: list[str] = []
        while number < len(log) and len(entities) < limit:
            entity = log[number]
            number += 1
            if latest[entity] == number:
                entities.append(entity)
        # The last entry of the log is always some entity's latest change, so anything left means more.
        return ChangesPage(entities, str(number), number < len(log))
