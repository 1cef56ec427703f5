"""What a loaded run came to, in numbers: from windows and samples to its result's parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final

from sandbox.load.histogram import Histogram
from sandbox.load.process_sampling import MACHINE, Sample
from sandbox.load.windows import Window, Windows
from sandbox.records.load_result import Moment, OperationResult, ProcessResult, StartsResult, Times

_MOMENTS_MOST: Final = 150
_POINTS_MOST: Final = 300
_STEADY_FROM: Final = 0.25
"""Memory is warm when this share of a run has passed."""
_STEADY_POINTS_LEAST: Final = 10
_HOUR_S: Final = 3600.0


def times_of(histogram: Histogram) -> Times:
    """Its percentiles in milliseconds."""

    def ms(percent: float) -> float | None:
        value_us = histogram.percentile_us(percent)
        return None if value_us is None else round(value_us / 1000, 3)

    return Times(p50=ms(50), p90=ms(90), p95=ms(95), p99=ms(99), p99_9=ms(99.9))


def operations(windows: Windows, length_s: float) -> list[OperationResult]:
    """Each operation over the whole run, by name."""
    whole: dict[str, Window] = {}
    for window in windows:
        whole.setdefault(window.operation, Window(0, window.operation)).merge(window)
    return [
        OperationResult(
            operation=name,
            calls=window.calls,
            failed=window.failed,
            per_s=round(window.calls / length_s, 3),
            statuses=dict(sorted(window.statuses.items())),
            latency_ms=times_of(window.latency),
            service_ms=times_of(window.service),
        )
        for name, window in sorted(whole.items())
    ]


def moments(windows: Windows, length_s: float) -> list[Moment]:
    """The run in stretches of whole seconds since the load began, at most 150 of them."""
    every_s = max(ceil(length_s / _MOMENTS_MOST), 1)
    found: dict[int, dict[str, Window]] = {}
    for window in windows:
        stretch = max(window.at_s // every_s, 0)
        by_operation = found.setdefault(stretch, {})
        by_operation.setdefault(window.operation, Window(0, window.operation)).merge(window)
    told = []
    for stretch in range(max(found, default=-1) + 1):
        by_operation = found.get(stretch, {})
        latency = Histogram()
        for window in by_operation.values():
            latency.merge(window.latency)
        told.append(
            Moment(
                at_s=stretch * every_s,
                calls={name: window.calls for name, window in sorted(by_operation.items())},
                failed=sum(window.failed for window in by_operation.values()),
                latency_ms=times_of(latency),
            )
        )
    return told


def starts(windows: Windows) -> StartsResult | None:
    """How planned starts were kept; None where none were planned."""
    kept = windows.starts
    if not kept.planned:
        return None
    p99_us = kept.lateness.percentile_us(99)
    return StartsResult(
        planned=kept.planned,
        started=kept.started,
        late=kept.late,
        dropped=kept.dropped,
        lateness_ms_p99=None if p99_us is None else round(p99_us / 1000, 3),
        void=kept.void_because(),
    )


def parts(
    samples: Iterable[Sample], began_s: float, length_s: float, restarts: Mapping[str, int]
) -> list[ProcessResult]:
    """Each process from `began_s` on; growth is of the time in which there was load, warm-up left out."""
    series: dict[str, list[Sample]] = {}
    for sample in samples:
        series.setdefault(sample.name, []).append(sample)
    return [_part(name, points, began_s, length_s, restarts.get(name, 0)) for name, points in sorted(series.items())]


def cores_of_others(samples: Iterable[Sample]) -> float | None:
    """Cores of the machine that went to processes that are not of the run, in the mean; None where nobody looked."""
    left: dict[float, float] = {}
    for sample in samples:
        left[sample.at_s] = left.get(sample.at_s, 0.0) + (sample.cpu if sample.name == MACHINE else -sample.cpu)
    return round(max(sum(left.values()) / len(left), 0.0), 3) if left else None


def _part(name: str, points: Sequence[Sample], began_s: float, length_s: float, restarts: int) -> ProcessResult:
    steady = [p for p in points if _STEADY_FROM * length_s <= p.at_s - began_s <= length_s]
    slope = _slope([(p.at_s, float(p.memory_bytes)) for p in steady]) if not restarts else None
    loaded = [p for p in points if 0 <= p.at_s - began_s <= length_s] or list(points)
    every = max(ceil(len(points) / _POINTS_MOST), 1)
    first, last = (steady[0], steady[-1]) if steady else (points[0], points[-1])
    grown = None if slope is None else slope * (last.at_s - first.at_s) / max(first.memory_bytes, 1)
    return ProcessResult(
        name=name,
        cpu_mean=round(sum(p.cpu for p in loaded) / len(loaded), 3),
        cpu_peak=round(max(p.cpu for p in loaded), 3),
        memory_first_bytes=first.memory_bytes,
        memory_last_bytes=last.memory_bytes,
        memory_peak_bytes=max(p.memory_bytes for p in points),
        growth_bytes_per_hour=None if slope is None else round(slope * _HOUR_S),
        growth_share=None if grown is None else round(grown, 4),
        restarts=restarts,
        points=[(round(p.at_s - began_s, 1), round(p.cpu, 3), p.memory_bytes) for p in points[::every]],
    )


def _slope(points: Sequence[tuple[float, float]]) -> float | None:
    """The slope of the straight line that fits best; None for a few points."""
    if len(points) < _STEADY_POINTS_LEAST:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else None
