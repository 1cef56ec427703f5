"""Cadences: when work that has come up is done. At once, a while later, or in the next run of a batch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final, Protocol

from sandbox.core.ports import Clock

_DAY_US: Final = 86_400_000_000


class Cadence(Protocol):
    """When something is done that has come up at a time. All times in microseconds since 1970, UTC."""

    @property
    def is_at_once(self) -> bool:
        """Whether nothing ever waits."""

    def due_us(self, since_us: int) -> int:
        """When that is done which has come up at `since_us`; never before it."""


@dataclass(frozen=True, slots=True)
class AtOnce:
    """In the step that causes it."""

    is_at_once = True

    def due_us(self, since_us: int) -> int:
        """The very moment."""
        return since_us


@dataclass(frozen=True, slots=True)
class After:
    """`delay_us` later: what comes up meanwhile is done with it."""

    delay_us: int
    is_at_once = False

    def due_us(self, since_us: int) -> int:
        """A while later."""
        return since_us + self.delay_us


@dataclass(frozen=True, slots=True)
class Every:
    """In a run every `period_us`, counted from midnight 1970: every 15 minutes means at :00, :15, :30 and :45."""

    period_us: int
    is_at_once = False

    def due_us(self, since_us: int) -> int:
        """The next run after that moment."""
        return (since_us // self.period_us + 1) * self.period_us


@dataclass(frozen=True, slots=True)
class Daily:
    """In a run once a day, `at_us` after midnight in UTC."""

    at_us: int
    is_at_once = False

    def due_us(self, since_us: int) -> int:
        """The next run after that moment."""
        return ((since_us - self.at_us) // _DAY_US + 1) * _DAY_US + self.at_us


async def rest(cadence: Cadence, clock: Clock) -> None:
    """Sleep until what comes up now is due."""
    now_us = clock.now_us()
    await asyncio.sleep((cadence.due_us(now_us) - now_us) / 1_000_000)
