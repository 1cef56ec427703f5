"""The time that a run's charts share: from its start until nothing happens any more, faults as bands behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from sandbox.records.summary import FaultResult
from sandbox.reporting.charts.svg import BAND, MUTED
from sandbox.reporting.wording import DAY_US, HOUR_US, MINUTE_US, at_of

# A fault that goes on for most of the time is told in its own row; a band behind everything would say nothing.
_BAND_SHARE = 0.6
_POINTS = 1000
_TICKS = 10
_STRETCHES_US = (5 * MINUTE_US, 15 * MINUTE_US, HOUR_US, 3 * HOUR_US, 6 * HOUR_US, DAY_US)


@dataclass(frozen=True, slots=True)
class TimeShown:
    """What the charts show, in microseconds since 1970; `end_us` is the run's end, which may lie beyond."""

    start_us: int
    until_us: int
    end_us: int
    demand_until_us: int
    healed_us: int
    faults: tuple[FaultResult, ...] = ()

    @property
    def every_us(self) -> int:
        """The stretch that one point stands for: short enough to see, long enough to draw."""
        span_us = self.until_us - self.start_us
        return next((us for us in _STRETCHES_US if span_us <= us * _POINTS), _STRETCHES_US[-1])


def days(moments: Iterable[int]) -> list[float]:
    """Moments as matplotlib counts time."""
    return [at_us / DAY_US for at_us in moments]


def share_time(axes: Sequence[Axes], shown: TimeShown) -> None:
    """Give charts that stand one below the other the same time, told below the last, and the faults behind."""
    for at in axes:
        at.set_xlim(shown.start_us / DAY_US, shown.until_us / DAY_US)
        at.margins(x=0)
        _shade(at, shown)
        at.tick_params(axis="x", which="both", labelbottom=at is axes[-1])
    _tell_time(axes[-1], shown)


def _tell_time(at: Axes, shown: TimeShown) -> None:
    """Days by name, and hours between them where there is room."""
    span_us = shown.until_us - shown.start_us
    every_days = -(-span_us // (_TICKS * DAY_US))
    hours = next((hours for hours in (1, 3, 6, 12) if span_us <= hours * _TICKS * HOUR_US), 24)
    midnights = _moments(shown, every_days * DAY_US)
    clock = "00:00\n" if hours < 24 else ""
    at.set_xticks(days(midnights), [f"{clock}{at_of(us):%a} {at_of(us).day} {at_of(us):%b}" for us in midnights])
    between = [us for us in _moments(shown, hours * HOUR_US) if us % DAY_US]
    at.set_xticks(days(between), [f"{at_of(us):%H:%M}" for us in between], minor=True)
    at.tick_params(axis="x", which="minor", length=2)


def _moments(shown: TimeShown, every_us: int) -> list[int]:
    return list(range(-(-shown.start_us // every_us) * every_us, shown.until_us + 1, every_us))


def _shade(at: Axes, shown: TimeShown) -> None:
    span_us = shown.until_us - shown.start_us
    for fault in shown.faults:
        begin_us, end_us = fault.from_us, max(fault.until_us, fault.from_us + span_us // 500)
        if fault.fired and end_us - begin_us < _BAND_SHARE * span_us:
            at.axvspan(begin_us / DAY_US, end_us / DAY_US, color=BAND, alpha=0.22, linewidth=0, zorder=0)
    for moment_us in sorted({shown.demand_until_us, shown.healed_us}):
        if shown.start_us < moment_us < shown.until_us:
            at.axvline(moment_us / DAY_US, color=MUTED, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
