"""Calls to the systems, as their doors saw them: the one thing that the oracle judges by and no ledger holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_MINUTE_US: Final = 60_000_000

MinuteOver = Callable[["Target", int], None]
CameAgain = Callable[["Target", int, str, str, int], None]
Answered = Callable[["Target", int, bool], None]


class Target:
    """Calls to one system in the minute that is under way.

    `calls` arrived, `failed` of them got no business answer: nothing, a 5xx, or a 429. `repeats` were made again after
    they had failed. `dark_minutes` is for how many minutes, one after the other, every call failed. `waiting` holds
    what has failed and was not repeated with success: when, and not before when it may come again.
    """

    __slots__ = ("calls", "dark_minutes", "failed", "minute", "repeats", "system", "waiting")

    def __init__(self, system: str) -> None:
        self.system = system
        self.minute = -1
        self.calls = self.failed = self.repeats = self.dark_minutes = 0
        self.waiting: dict[tuple[str, str], tuple[int, int]] = {}


class Calls:
    """Counts calls by system and minute. Nothing is allocated for a call that goes well.

    `minutes_over` hear of each minute with calls when the next call comes or the run ends, `came_again` of a repeat
    whose refusal had named a time, with that time, `answered` of each call from `watched_from_us` on.
    """

    def __init__(self) -> None:
        self.heard = 0
        self.targets: dict[str, Target] = {}
        self.minutes_over: list[MinuteOver] = []
        self.came_again: list[CameAgain] = []
        self.answered: list[Answered] = []
        self.watched_from_us: int | None = None

    def observe(
        self, at_us: int, system: str, operation: str, about: str, status: int | None, retry_after_us: int | None
    ) -> None:
        """One call arrived. `about` is its order or its path; `status` None where the caller hears nothing."""
        self.heard += 1
        target = self.targets.get(system)
        if target is None:
            target = self.targets[system] = Target(system)
        minute = at_us // _MINUTE_US
        if minute != target.minute:
            self._turn(target, minute)
        target.calls += 1
        good = status is not None and status < 500 and status != 429
        if not good or target.waiting:
            self._look(target, at_us, (operation, about), status, retry_after_us)
        watched = self.watched_from_us
        if watched is not None and at_us >= watched:
            answered = status is not None and status < 500
            for heard in self.answered:
                heard(target, at_us, answered)

    def close(self) -> None:
        """No more calls: the minutes under way are over."""
        for target in self.targets.values():
            self._turn(target, -1)

    def _look(
        self, target: Target, at_us: int, key: tuple[str, str], status: int | None, retry_after_us: int | None
    ) -> None:
        earlier = target.waiting.pop(key, None)
        if earlier is not None:
            target.repeats += 1
            if earlier[1] > earlier[0]:
                for heard in self.came_again:
                    heard(target, at_us, *key, earlier[1])
        if status is not None and status < 500 and status != 429:
            return
        target.failed += 1
        target.waiting[key] = (at_us, at_us + (retry_after_us or 0))

    def _turn(self, target: Target, minute: int) -> None:
        if target.calls:
            for heard in self.minutes_over:
                heard(target, target.minute * _MINUTE_US)
            dark = target.failed == target.calls
            target.dark_minutes = target.dark_minutes + 1 if dark else 0
        target.minute = minute
        target.calls = target.failed = target.repeats = 0
