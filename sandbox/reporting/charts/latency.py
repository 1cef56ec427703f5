"""How long things took: the share that was done within a time, with its percentiles marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sandbox.reporting.charts.svg import BLUE, INK, RED, new_figure
from sandbox.reporting.wording import DAY_US, HOUR_US, MINUTE_US, SECOND_US, length

_STEPS = 240
# Lengths of time that have names: those to mark first, then those to mark where there is room.
_TICKS = (
    *(SECOND_US, 10 * SECOND_US, MINUTE_US, 10 * MINUTE_US, HOUR_US, 6 * HOUR_US, DAY_US, 7 * DAY_US, 30 * DAY_US),
    *(n * SECOND_US // 10 for n in (1, 2, 5, 20, 50, 200, 300)),
    *(n * MINUTE_US for n in (2, 5, 20, 30)),
    *(n * HOUR_US for n in (2, 3, 12)),
    *(n * DAY_US for n in (2, 4, 14)),
)
_TICK_ROOM = 0.2


def percentile(ordered: Sequence[int], percent: float) -> int:
    """The smallest value that `percent` in a hundred of `ordered` (ascending, not empty) do not exceed."""
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]


def latencies(observed: Mapping[str, Sequence[int]]) -> Figure:
    """One panel for each latency; durations ascending, in microseconds."""
    figure = new_figure(2.7)
    panels = figure.subplots(1, len(observed), sharey=True, squeeze=False)[0]
    for at, (name, durations) in zip(panels, observed.items(), strict=True):
        at.set_title(name.capitalize())
        at.set_ylim(0, 1.06)
        if durations:
            _draw(at, durations)
        else:
            at.text(0.5, 0.5, "never observed", transform=at.transAxes, ha="center", color=INK)
            at.set_xticks([])
    panels[0].set_yticks([0, 0.25, 0.5, 0.75, 1.0], ["0%", "25%", "50%", "75%", "100%"])
    panels[0].set_ylabel("done within")
    return figure


def _draw(at: Axes, durations: Sequence[int]) -> None:
    least = max(durations[0], SECOND_US // 20)
    most = max(durations[-1], least * 2)
    shares = [step / _STEPS for step in range(1, _STEPS + 1)]
    within = [max(percentile(durations, share * 100), least) for share in shares]
    at.set_xscale("log")
    at.set_xlim(least / 1.25, most * 1.6)
    at.step([least / 1.25, *within, most * 1.6], [0, *shares, 1], where="post", color=BLUE)
    at.fill_between([*within, most * 1.6], [*shares, 1], step="post", color=BLUE, alpha=0.12, linewidth=0)
    marked = {percent: max(percentile(durations, percent), least) for percent in (50, 95, 99)}
    shares = [percent / 100 for percent in marked]
    at.plot(list(marked.values()), shares, marker="o", markersize=5, color=RED, linestyle="none", zorder=4)
    told = [f"p{percent}  {length(value)}" for percent, value in marked.items()]
    _note(at, "\n".join([*told, f"n = {len(durations):,}"]))
    _tell(at, least, most)


def _note(at: Axes, text: str) -> None:
    at.text(0.97, 0.06, text, transform=at.transAxes, ha="right", va="bottom", fontsize=9, color=INK, linespacing=1.5)


def _tell(at: Axes, least_us: float, most_us: float) -> None:
    """Ticks at lengths of time that have names, as many as have room."""
    chosen: list[int] = []
    room = _TICK_ROOM * log(most_us / least_us * 2)
    for tick in _TICKS:
        has_room = all(abs(log(tick / other)) >= room for other in chosen)
        if least_us <= tick <= most_us * 1.2 and has_room:
            chosen.append(tick)
    at.set_xticks(sorted(chosen), [length(tick) for tick in sorted(chosen)])
    at.minorticks_off()
