"""Cadences: when work that has come up is done. At once, a while later, or in the next run of a batch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from sandbox.core.ports import Clock

_DAY_US: Final = 86_400_000_000
_SPARED_US: Final = 7_200_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
    """In a run once a business day, at the local time `at_us` after midnight in `zone` (an IANA name).

    On the night in which that time does not exist the run comes as much later as the clocks are put forward; on the one
    in which it comes twice, the first one counts. So no day's run is left out, and none is done twice.
    """

    at_us: int
    zone: str = "UTC"
    is_at_once = False

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)  # read now: a run reads no files

    def due_us(self, since_us: int) -> int:
        """The next run after that moment."""
        if self.zone != "UTC":
            return self._local_due_us(since_us)
        return ((since_us - self.at_us) // _DAY_US + 1) * _DAY_US + self.at_us

    def _local_due_us(self, since_us: int) -> int:
        zone = ZoneInfo(self.zone)
        today = datetime.fromtimestamp(since_us / 1e6, zone).date()
        runs = (self._run_us(today + timedelta(days=offset), zone) for offset in range(-1, 3))
        return next(run_us for run_us in runs if run_us > since_us)

    def _run_us(self, day: date, zone: ZoneInfo) -> int:
        local = datetime.combine(day, time()) + timedelta(microseconds=self.at_us)
        since_1970 = local.replace(tzinfo=zone, fold=0).astimezone(UTC) - _EPOCH
        return since_1970 // timedelta(microseconds=1)


def rounds_spared(cadence: Cadence, now_us: int) -> int:
    """How many of the next rounds a list may be left out that has never had a row: for two hours at the most.

    What no webhook tells of has to be found by a list in time, also when it is the first such thing of all.
    """
    next_us = cadence.due_us(now_us)
    period_us = max(1, cadence.due_us(next_us) - next_us)
    return max(0, _SPARED_US // period_us - 1)


async def rest(cadence: Cadence, clock: Clock) -> None:
    """Sleep until what comes up now is due."""
    now_us = clock.now_us()
    await asyncio.sleep((cadence.due_us(now_us) - now_us) / 1_000_000)
