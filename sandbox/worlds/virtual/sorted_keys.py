"""Text keys in order, in chunks: a single list would move half of a big table's keys for each new one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import Final

_CHUNK_MOST: Final = 1024


class SortedKeys:
    """A sorted collection of distinct keys. New ones find their places when somebody looks: few tables are read."""

    __slots__ = ("_chunks", "_lasts", "_new")

    def __init__(self) -> None:
        self._chunks: list[list[str]] = []
        self._lasts: list[str] = []
        self._new: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._chunks or self._new)

    def add(self, key: str) -> None:
        """Take in a new key."""
        self._new.append(key)

    def _settle(self) -> None:
        new, self._new = self._new, []
        for key in new:
            self._place(key)

    def _place(self, key: str) -> None:
        chunks, lasts = self._chunks, self._lasts
        if not chunks:
            chunks.append([key])
            lasts.append(key)
            return
        place = bisect_left(lasts, key)
        if place < len(lasts):
            insort(chunks[place], key)
        else:
            place -= 1
            chunks[place].append(key)
            lasts[place] = key
        if len(chunks[place]) > _CHUNK_MOST:
            self._split(place)

    def _split(self, place: int) -> None:
        chunk = self._chunks[place]
        middle = len(chunk) // 2
        self._chunks[place : place + 1] = [chunk[:middle], chunk[middle:]]
        self._lasts.insert(place, chunk[middle - 1])

    def remove(self, key: str) -> None:
        """Take out a key that is there."""
        if self._new:
            self._settle()
        place = bisect_left(self._lasts, key)
        chunk = self._chunks[place]
        del chunk[bisect_left(chunk, key)]
        if chunk:
            self._lasts[place] = chunk[-1]
        else:
            del self._chunks[place], self._lasts[place]

    def after(self, key: str, limit: int) -> list[str]:
        """The first `limit` keys greater than `key`; all keys are greater than the empty text."""
        if self._new:
            self._settle()
        found: list[str] = []
        for place in range(bisect_right(self._lasts, key), len(self._chunks)):
            chunk = self._chunks[place]
            start = 0 if found else bisect_right(chunk, key)
            found += chunk[start : start + limit - len(found)]
            if len(found) >= limit:
                break
        return found

    def between(self, key: str, last: str | None) -> list[str]:
        """The keys greater than `key`, up to and with `last` (None: to the end)."""
        if self._new:
            self._settle()
        found: list[str] = []
        for place in range(bisect_right(self._lasts, key), len(self._chunks)):
            chunk = self._chunks[place]
            start = 0 if found else bisect_right(chunk, key)
            if last is not None and last < chunk[-1]:
                return found + chunk[start : bisect_right(chunk, last)]
            found += chunk[start:]
        return found
