"""Deadlines: something turns hot when it is owed, cold when it is done, and late when it stays hot for too long.

The times are those of the facts. Facts come in order, so the plain deadlines do, too: a deque holds them, and what has
turned cold is dropped when it reaches the front. Only the few that are extended or looked at again need a heap.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable
from heapq import heappop, heappush
from typing import Any, Protocol

from sandbox.oracle.context import Patience

NEVER_US = 1 << 62

Late = Callable[[Any, int, int], "int | None"]
"""`late(key, since_us, due_us)`: None when that settles it, else the later time since when it is owed instead."""


class Due(Protocol):
    """What has something to do at certain times."""

    def fire(self, now_us: int) -> int:
        """Do all that was due before `now_us`; when to come again."""


class Agenda:
    """All deadlines of an oracle, and others who go by its clock. Nothing falls due before `next_us`."""

    def __init__(self) -> None:
        self.next_us = NEVER_US
        self._due: list[Due] = []

    def add(self, due: Due, first_us: int = NEVER_US) -> None:
        """One more to look after, from `first_us` on or from when it says so itself."""
        self._due.append(due)
        self.next_us = min(self.next_us, first_us)

    def fire(self, now_us: int) -> None:
        """Tell of all that was due before `now_us` and is still hot. Those who are told heat nothing new."""
        self.next_us = min((due.fire(now_us) for due in self._due), default=NEVER_US)


class Deadline:
    """One kind of obligation. Keys that are hot are owed; `late` hears of each that is not done in time."""

    def __init__(self, agenda: Agenda, patience: Patience, late: Late) -> None:
        self.hot: dict[Any, int] = {}
        self.excused: Counter[str] = Counter()
        self._agenda = agenda
        self._patience = patience
        self._limit_us = patience.limit_us
        self._late = late
        self._over: set[Any] = set()
        self._plain: deque[tuple[int, Any, int]] = deque()
        self._later: list[tuple[int, int, Any, int, bool]] = []
        self._count = 0
        agenda.add(self)

    @property
    def pending(self) -> int:
        """How many are owed and not late."""
        return len(self.hot) - len(self._over)

    def heat(self, key: Hashable, at_us: int) -> None:
        """It is owed from now; what is owed already stays owed since then."""
        if key in self.hot:
            return
        self.hot[key] = at_us
        due_us = at_us + self._limit_us
        self._plain.append((due_us, key, at_us))
        if due_us < self._agenda.next_us:
            self._agenda.next_us = due_us

    def cool(self, key: Hashable) -> None:
        """It is done, or owed no longer."""
        if self.hot.pop(key, None) is not None and self._over:
            self._over.discard(key)

    def fire(self, now_us: int) -> int:
        """Go through what was due before `now_us`; when to look again."""
        plain, hot, over = self._plain, self.hot, self._over
        while plain:
            due_us, key, since_us = plain[0]
            if hot.get(key) == since_us and key not in over:
                if due_us >= now_us:
                    break
                self._plain_due(key, since_us, due_us)
            plain.popleft()
        return min(self._fire_later(now_us), plain[0][0] if plain else NEVER_US)

    def _fire_later(self, now_us: int) -> int:
        later = self._later
        while later:
            due_us, _, key, since_us, extended = later[0]
            if self.hot.get(key) == since_us and key not in self._over:
                if due_us >= now_us:
                    return due_us
                heappop(later)
                if extended:
                    self.excused[self._patience.reason(since_us)] -= 1
                    self._settle(key, since_us, due_us)
                else:
                    self._plain_due(key, since_us, due_us)
            else:
                heappop(later)
        return NEVER_US

    def _plain_due(self, key: Any, since_us: int, due_us: int) -> None:
        extended_us = self._patience.due_us(since_us)
        if extended_us > due_us:
            self.excused[self._patience.reason(since_us)] += 1
            self._look_again(extended_us, key, since_us, extended=True)
        else:
            self._settle(key, since_us, due_us)

    def _settle(self, key: Any, since_us: int, due_us: int) -> None:
        anew_us = self._late(key, since_us, due_us)
        if anew_us is not None:
            self.hot[key] = anew_us
            self._look_again(anew_us + self._limit_us, key, anew_us, extended=False)
        elif key in self.hot:
            self._over.add(key)

    def _look_again(self, at_us: int, key: Any, since_us: int, *, extended: bool) -> None:
        self._count += 1
        heappush(self._later, (at_us, self._count, key, since_us, extended))


class Debt:
    """What is owed piece by piece: each `owe` has a deadline of its own, and payments cover the oldest first."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._owed: dict[Hashable, deque[int]] = {}

    def owe(self, key: Hashable, total: int, at_us: int) -> None:
        """By now `total` is owed in all; `late` hears of `(key, total)`."""
        self._owed.setdefault(key, deque()).append(total)
        self._deadline.heat((key, total), at_us)

    def pay(self, key: Hashable, total: int) -> None:
        """By now `total` is paid in all."""
        owed = self._owed.get(key)
        while owed and owed[0] <= total:
            self._deadline.cool((key, owed.popleft()))
