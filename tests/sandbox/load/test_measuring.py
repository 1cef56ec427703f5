"""What clients measured: added up over seconds and processes, without losing any."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mock_systems.kit.streams import Streams
from sandbox.load.histogram import Histogram
from sandbox.load.punctuality import LATE_FROM_S, Punctuality
from sandbox.load.windows import Windows, append_rows, read_windows


def test_percentiles_are_within_a_hundredth() -> None:
    draw = Streams(1).of("times")
    times = sorted(draw.lognormvariate(10, 2) for _ in range(5_000))
    histogram = Histogram()
    for time_us in times:
        histogram.add(time_us)
    for percent in (1, 50, 90, 99, 100):
        exact = times[max(-(-len(times) * percent // 100), 1) - 1]
        assert histogram.percentile_us(percent) == pytest.approx(exact, rel=0.0101)
    assert Histogram().percentile_us(50) is None


def test_histograms_of_two_processes_are_the_histogram_of_both() -> None:
    both, halves = Histogram(), [Histogram(), Histogram()]
    for time_us in range(1, 2_000):
        both.add(time_us)
        halves[time_us % 2].add(time_us)
    halves[0].merge(Histogram.from_json(json.loads(json.dumps(halves[1].as_json()))))
    assert halves[0].buckets == both.buckets


def measured(second: int) -> Windows:
    windows = Windows()
    windows.of(second, "place order").add(300_000, 200_000, 201, failed=False)
    windows.of(second, "place order").add(15_000_000, 15_000_000, 0, failed=True)
    windows.starts.planned += 3
    windows.starts.start(0.25)
    windows.confirmed.append(f"W-{second}")
    return windows


def test_rows_of_several_processes_add_up_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "measured.jsonl"
    for second in (7, 8, 7):
        process = measured(second)
        append_rows(path, process.drain())
        assert process.drain() == []
    with path.open("a") as file:
        file.write('{"kind": "win')  # a process that was killed while it wrote
    windows = read_windows(path)
    assert [(window.at_s, window.calls, window.failed) for window in windows] == [(7, 4, 2), (8, 2, 1)]
    assert [window.statuses for window in windows] == [{"201": 2, "0": 2}, {"201": 1, "0": 1}]
    assert windows.of(7, "place order").latency.count == windows.of(7, "place order").service.count == 4
    assert (windows.starts.planned, windows.starts.started, windows.starts.late) == (9, 3, 3)
    assert windows.confirmed == ["W-7", "W-8", "W-7"]


def test_nothing_was_measured_where_there_is_no_file(tmp_path: Path) -> None:
    assert list(read_windows(tmp_path / "none")) == []


@pytest.mark.parametrize(
    ("dropped", "late", "void"),
    [
        (0, 0, None),
        (1, 10, None),
        (2, 0, "2 of 1,000 planned starts were dropped"),
        (0, 11, "11 of 1,000 planned starts came 100 ms late"),
    ],
)
def test_a_run_is_void_where_its_starts_were_not_kept(dropped: int, late: int, void: str | None) -> None:
    starts = Punctuality(planned=1000)
    for number in range(1000 - dropped):
        starts.start(LATE_FROM_S if number < late else LATE_FROM_S / 2)
    told = starts.void_because()
    assert (told is None) if void is None else (told or "").startswith(void)


def test_a_run_without_a_plan_is_never_void() -> None:
    assert Punctuality().void_because() is None
