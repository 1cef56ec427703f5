"""What is kept only as long as it is new: the latest of a long row, by their numbers."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar


class Numbered(Protocol):
    """A named tuple that knows its number."""

    @property
    def seq(self) -> int:
        """Counts from 1."""

    def _asdict(self) -> dict[str, Any]: ...


Entry = TypeVar("Entry", bound=Numbered)


class Newest(Generic[Entry]):
    """Keeps the newest `most` entries; `seen` is how many there ever were."""

    def __init__(self, most: int) -> None:
        self._kept: deque[Entry] = deque(maxlen=most)
        self.seen = 0

    def after(self, seq: int, limit: int) -> list[Entry]:
        """Those with a greater number, oldest first; the first may be much later, where older ones were let go."""
        begin = max(0, seq - (self.seen - len(self._kept)))
        return list(islice(self._kept, begin, begin + limit))

    def keep(self, entry: Entry) -> None:
        """Keep the next one; its number is one more than `seen`."""
        self.seen += 1
        self._kept.append(entry)
