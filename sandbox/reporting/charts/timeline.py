"""The run at a glance: faults, demand, backlog and load over the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sandbox.reporting.books import Point
from sandbox.reporting.charts.axes import count_units, legend_above
from sandbox.reporting.charts.svg import BAND, BLUE, EDGE, GREEN, INK, MUTED, ORANGE, PURPLE, RED, SKY, new_figure
from sandbox.reporting.charts.time_axis import TimeShown, days, share_time
from sandbox.reporting.wording import DAY_US, HOUR_US, length

_FAULT_ROWS = 14
_SYSTEM_COLOURS = {"commerce": BLUE, "erp": RED, "wms": GREEN, "carrier": PURPLE, "desk": ORANGE}


@dataclass(frozen=True, slots=True)
class Happenings:
    """What the timeline shows; orders are counted in stretches of `orders_every_us`, calls are per minute."""

    orders_every_us: int
    accepted: Sequence[tuple[int, int]]
    refused: Sequence[tuple[int, int]]
    backlogs: Mapping[str, Sequence[Point]]
    calls: Mapping[str, Sequence[Point]]


def timeline(shown: TimeShown, seen: Happenings) -> Figure:
    """One chart below the other, sharing their time."""
    rows = min(len(shown.faults), _FAULT_ROWS)
    heights = [0.25 + 0.24 * rows] * bool(rows) + [1.5, 1.5] + [1.5] * bool(seen.calls)
    figure = new_figure(sum(heights) + 0.9 + 0.3 * len(heights))
    axes = list(figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0])
    below = list(axes)
    if rows:
        _draw_faults(below.pop(0), shown)
    _draw_demand(below[0], seen)
    _draw_backlog(below[1], seen, shown)
    if seen.calls:
        _draw_calls(below[2], seen, shown)
    share_time(axes, shown)
    _tell_phases(axes[0], shown)
    return figure


def _draw_faults(at: Axes, shown: TimeShown) -> None:
    faults = shown.faults[:_FAULT_ROWS]
    span_us = shown.until_us - shown.start_us
    for row, fault in enumerate(faults):
        begin_us = max(fault.from_us, shown.start_us)
        end_us = min(max(fault.until_us, begin_us + span_us // 250), shown.until_us)
        look: dict[str, Any] = (
            {"facecolor": BAND, "edgecolor": ORANGE} if fault.fired else {"facecolor": "none", "edgecolor": EDGE}
        )
        at.barh(row, (end_us - begin_us) / DAY_US, left=begin_us / DAY_US, height=0.62, linewidth=0.8, **look)
        _label_fault(at, row, f"{fault.id} {fault.kind.replace('_', ' ')}", begin_us, end_us, shown)
    at.set_ylim(len(faults) - 0.4, -0.6)
    at.set_yticks([])
    at.grid(False)
    at.spines["left"].set_visible(False)
    more = len(shown.faults) - len(faults)
    at.set_title("Faults" + (f" (the first {len(faults)} of {len(shown.faults)})" if more else ""))


def _label_fault(at: Axes, row: int, text: str, begin_us: int, end_us: int, shown: TimeShown) -> None:
    """Inside its bar where there is room, else on that side of it where there is more."""
    span_us = shown.until_us - shown.start_us
    gap_us = span_us // 220
    look: dict[str, Any] = {"va": "center", "fontsize": 8.5, "color": INK, "clip_on": True}
    if end_us - begin_us > span_us * (0.010 * len(text) + 0.02):
        at.text((begin_us + gap_us) / DAY_US, row, text, ha="left", **look)
    elif begin_us - shown.start_us > span_us * 0.75:
        at.text((begin_us - gap_us) / DAY_US, row, text, ha="right", **look)
    else:
        at.text((end_us + gap_us) / DAY_US, row, text, ha="left", **look)


def _draw_demand(at: Axes, seen: Happenings) -> None:
    width = seen.orders_every_us / DAY_US
    an_hour = HOUR_US / seen.orders_every_us
    accepted = dict(seen.accepted)
    for label, counts, colour in (("accepted", seen.accepted, BLUE), ("refused", seen.refused, RED)):
        if not counts:
            continue
        bottom = [accepted.get(at_us, 0) * an_hour if counts is seen.refused else 0 for at_us, _ in counts]
        heights = [count * an_hour for _, count in counts]
        moments = days(at_us for at_us, _ in counts)
        look: dict[str, Any] = {"width": width * 0.92, "align": "edge", "linewidth": 0}
        at.bar(moments, heights, bottom=bottom, color=colour, label=label, **look)
    at.set_title("Demand, orders an hour")
    _finish(at)


def _draw_backlog(at: Axes, seen: Happenings, shown: TimeShown) -> None:
    looks = ((BLUE, "orders "), (ORANGE, "shipments "))
    for (name, points), (colour, what) in zip(seen.backlogs.items(), looks, strict=False):
        moments = days([shown.start_us, *(at_us for at_us, _ in points), shown.until_us])
        values = [0, *(value for _, value in points), points[-1][1] if points else 0]
        at.step(moments, values, where="post", color=colour, label=what + name)
        at.fill_between(moments, values, step="post", color=colour, alpha=0.14, linewidth=0)
    at.set_title("Backlog")
    _finish(at)


def _draw_calls(at: Axes, seen: Happenings, shown: TimeShown) -> None:
    for name, points in seen.calls.items():
        moments, values = days(at_us for at_us, _ in points), [value for _, value in points]
        at.plot(moments, values, color=_SYSTEM_COLOURS.get(name, SKY), label=name, linewidth=1.2)
    at.set_title(f"Calls a minute to each system, the mean of {length(shown.every_us)}")
    _finish(at, columns=5)


def _finish(at: Axes, columns: int = 2) -> None:
    at.set_ylim(bottom=0)
    count_units(at)
    legend_above(at, columns)


def _tell_phases(top: Axes, shown: TimeShown) -> None:
    """Say at the top from when on there is neither demand nor a fault."""
    if not shown.start_us < shown.healed_us < shown.until_us:
        return
    is_late = shown.healed_us - shown.start_us > 0.75 * (shown.until_us - shown.start_us)
    text = "demand and faults are over " if is_late else " demand and faults are over"
    look: dict[str, Any] = {"color": MUTED, "fontsize": 8.5, "va": "bottom", "ha": "right" if is_late else "left"}
    top.text(shown.healed_us / DAY_US, 1.0, text, transform=top.get_xaxis_transform(), in_layout=False, **look)
