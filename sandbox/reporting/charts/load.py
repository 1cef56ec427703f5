"""A loaded run at a glance: calls, latencies, processors and memory over the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, StrMethodFormatter

from sandbox.records.load_result import LoadResult, Moment, ProcessResult
from sandbox.reporting.charts.axes import count_units, legend_above
from sandbox.reporting.charts.svg import BAND, BLUE, CALM, GREEN, INK, MUTED, ORANGE, PURPLE, RED, SKY, new_figure

_COLOURS: Final = (BLUE, RED, GREEN, PURPLE, ORANGE, SKY, INK, MUTED)
_MINUTES_FROM_S: Final = 300
_MEGABYTE: Final = 1_000_000
_PROCESSES_SHOWN: Final = 8
_MACHINE: Final = "machine"


def traffic(result: LoadResult) -> Figure:
    """Calls a second by operation, and below them the percentiles of their latency."""
    figure = new_figure(4.6)
    above, below = figure.subplots(2, 1, sharex=True)
    scale, unit = _time_scale(result)
    times = [moment.at_s / scale for moment in result.moments]
    every_s = _every_s(result.moments)
    names = sorted({name for moment in result.moments for name in moment.calls})
    for name, colour in zip(names, _COLOURS, strict=False):
        rates = [moment.calls.get(name, 0) / every_s for moment in result.moments]
        above.step(times, rates, where="post", color=colour, label=name)
    failed = [moment.failed / every_s for moment in result.moments]
    if any(failed):
        above.fill_between(times, failed, step="post", color=RED, alpha=0.3, label="failed")
    above.set_ylim(0)
    above.set_ylabel("calls a second")
    count_units(above)
    legend_above(above, len(names) + 1)
    _percentiles(below, result.moments, times)
    _mark(below, result, scale)
    below.set_xlabel(f"{unit} since the load began")
    return figure


def machines(result: LoadResult) -> Figure:
    """Processors and memory of each process, the busiest eight."""
    figure = new_figure(4.6)
    above, below = figure.subplots(2, 1, sharex=True)
    scale, unit = _time_scale(result)
    shown = sorted((p for p in result.parts if p.name != _MACHINE), key=lambda p: -p.cpu_peak)[:_PROCESSES_SHOWN]
    for part, colour in zip(sorted(shown, key=lambda p: p.name), _COLOURS, strict=False):
        _lines(above, below, part, colour, scale)
    above.axhline(1, color=CALM, linewidth=1, zorder=0)
    above.set_ylim(0)
    above.set_ylabel("cores")
    legend_above(above, _PROCESSES_SHOWN)
    below.set_ylim(0)
    below.set_ylabel("MB of memory")
    count_units(below)
    _mark(below, result, scale)
    below.set_xlabel(f"{unit} since the load began")
    return figure


def _percentiles(at: Axes, moments: Sequence[Moment], times: Sequence[float]) -> None:
    for field, colour in (("p50", GREEN), ("p95", BLUE), ("p99", RED)):
        values = [getattr(moment.latency_ms, field) for moment in moments]
        seen = [(time, value) for time, value in zip(times, values, strict=True) if value is not None]
        if seen:
            at.plot([time for time, _ in seen], [value for _, value in seen], color=colour, label=field)
    at.set_yscale("log")
    at.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    at.yaxis.set_minor_formatter(NullFormatter())
    at.set_ylabel("latency, ms")
    legend_above(at, 3)


def _lines(above: Axes, below: Axes, part: ProcessResult, colour: str, scale: float) -> None:
    times = [at_s / scale for at_s, _, _ in part.points]
    above.plot(times, [cpu for _, cpu, _ in part.points], color=colour, label=part.name)
    below.plot(times, [memory / _MEGABYTE for _, _, memory in part.points], color=colour)


def _mark(at: Axes, result: LoadResult, scale: float) -> None:
    """What was done to the processes while there was load."""
    for at_s, _ in result.events:
        at.axvline(at_s / scale, color=BAND, linewidth=1.2, zorder=0)


def _time_scale(result: LoadResult) -> tuple[float, str]:
    return (60.0, "minutes") if result.minutes * 60 >= _MINUTES_FROM_S else (1.0, "seconds")


def _every_s(moments: Sequence[Moment]) -> float:
    return moments[1].at_s - moments[0].at_s if len(moments) > 1 else 1.0
