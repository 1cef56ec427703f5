"""The calls that came to the proxy, told in the order in which they came though they end in another."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Final

from mock_systems.kit.live.call_book import CallBook, CallSeen
from mock_systems.kit.wire import Answer, Reply

# Nobody waits for an answer for so long: a call that has none by then is told as one that was never answered.
_UNANSWERED_AFTER_S: Final = 30.0
_MINUTE_US: Final = 60_000_000


class Visit:
    """One call, and how it ended as soon as that is known."""

    __slots__ = ("about", "answer", "at_us", "began_s", "operation")

    def __init__(self, at_us: int, operation: str, about: str, began_s: float) -> None:
        self.at_us, self.operation, self.about, self.began_s = at_us, operation, about, began_s
        self.answer: Answer | None = None

    def end(self, status: int | None, after_us: int, retry_after: str | None) -> None:
        """What the caller was given, `after_us` past its arrival; `status` None: nothing."""
        headers = {} if retry_after is None else {"retry-after": retry_after}
        self.answer = Answer(None if status is None else Reply(status, None, headers), after_us)


class Visits:
    """Keeps the latest calls; `steady_s` reads a clock that never goes back."""

    def __init__(self, system: str, steady_s: Callable[[], float]) -> None:
        self._system = system
        self._steady_s = steady_s
        self._open: deque[Visit] = deque()
        self._book = CallBook()
        self._by_operation: Counter[str] = Counter()
        self._minute = self._in_minute = self._most_in_minute = 0
        self._under_way = self._most_under_way = 0

    def begin(self, at_us: int, operation: str, about: str) -> Visit:
        """A call has come."""
        self._by_operation[operation] += 1
        minute = at_us // _MINUTE_US
        self._in_minute = self._in_minute + 1 if minute == self._minute else 1
        self._minute = minute
        self._most_in_minute = max(self._most_in_minute, self._in_minute)
        self._under_way += 1
        self._most_under_way = max(self._most_under_way, self._under_way)
        self._open.append(visit := Visit(at_us, operation, about, self._steady_s()))
        self._settle()
        return visit

    def end(self, visit: Visit, status: int | None, after_us: int, retry_after: str | None) -> None:
        """It has ended: see `Visit.end`."""
        self._under_way -= 1
        visit.end(status, after_us, retry_after)

    @property
    def traffic(self) -> dict[str, Any]:
        """As the status tells it: calls by operation, the most at once, and the most in a minute of the system's."""
        return {
            "by_operation": dict(self._by_operation),
            "peak_concurrency": self._most_under_way,
            "peak_per_minute": self._most_in_minute,
        }

    @property
    def seen(self) -> int:
        """How many can be told."""
        self._settle()
        return self._book.seen

    def settled_until_us(self, now_us: int) -> int:
        """All calls that came before this time can be told."""
        self._settle()
        return self._open[0].at_us if self._open else now_us

    def after(self, seq: int, limit: int) -> list[CallSeen]:
        """Those with a greater number, oldest first."""
        self._settle()
        return self._book.after(seq, limit)

    def _settle(self) -> None:
        waiting, now_s = self._open, self._steady_s()
        while waiting and (waiting[0].answer is not None or now_s - waiting[0].began_s > _UNANSWERED_AFTER_S):
            visit = waiting.popleft()
            answer = visit.answer or Answer(None, int(_UNANSWERED_AFTER_S * 1_000_000))
            self._book.visit(visit.at_us, self._system, visit.operation, visit.about, answer)
