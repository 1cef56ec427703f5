"""What clients measured, second by second and operation by operation, and how planned starts were kept.

Rows are added up: they come from several processes, in any order, many for one second.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sandbox.load.histogram import Histogram
from sandbox.load.punctuality import Punctuality

_WINDOW: Final = "window"
_STARTS: Final = "starts"
_CONFIRMED: Final = "confirmed"


@dataclass(slots=True)
class Window:
    """One operation's calls in one second of the wall's time, by when they began or should have begun.

    `at_s` counts from the moment when the load began; since 1970 where no plan says when that was.

    `latency` counts from the planned start where there was one, else from the real one; `service` always from the
    real one. `failed` calls had no answer, or none that is a success or a refusal for the caller's own mistake.
    """

    at_s: int
    operation: str
    calls: int = 0
    failed: int = 0
    latency: Histogram = field(default_factory=Histogram)
    service: Histogram = field(default_factory=Histogram)
    statuses: dict[str, int] = field(default_factory=dict)

    def add(self, latency_us: float, service_us: float, status: int, *, failed: bool) -> None:
        """Count one call; `status` 0: no answer."""
        self.calls += 1
        self.failed += failed
        self.latency.add(latency_us)
        self.service.add(service_us)
        self.statuses[str(status)] = self.statuses.get(str(status), 0) + 1

    def merge(self, other: Window) -> None:
        """Add another's calls, whatever their second and operation."""
        self.calls += other.calls
        self.failed += other.failed
        self.latency.merge(other.latency)
        self.service.merge(other.service)
        for status, count in other.statuses.items():
            self.statuses[status] = self.statuses.get(status, 0) + count

    def as_json(self) -> dict[str, Any]:
        """One row."""
        times = {"latency": self.latency.as_json(), "service": self.service.as_json()}
        named = {"kind": _WINDOW, "at_s": self.at_s, "operation": self.operation}
        return {**named, "calls": self.calls, "failed": self.failed, "statuses": self.statuses, **times}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Window:
        """What `as_json` gave."""
        times = (Histogram.from_json(row["latency"]), Histogram.from_json(row["service"]))
        return cls(row["at_s"], row["operation"], row["calls"], row["failed"], *times, dict(row["statuses"]))


class Windows:
    """Windows by second and operation, the planned starts, and orders whose placing was confirmed, by number.

    `drain` hands all of them on as rows.
    """

    def __init__(self) -> None:
        self.starts = Punctuality()
        self.confirmed: list[str] = []
        self._windows: dict[tuple[int, str], Window] = {}

    def __iter__(self) -> Iterator[Window]:
        """By second, then operation."""
        return iter([self._windows[key] for key in sorted(self._windows)])

    def of(self, at_s: int, operation: str) -> Window:
        """The window of a second and an operation."""
        window = self._windows.get((at_s, operation))
        if window is None:
            window = self._windows[at_s, operation] = Window(at_s, operation)
        return window

    def drain(self) -> list[dict[str, Any]]:
        """All there is as rows; afterwards there is nothing."""
        rows = [window.as_json() for window in self]
        if self.starts.planned or self.starts.started:
            rows.append({"kind": _STARTS, **self.starts.as_json()})
        if self.confirmed:
            rows.append({"kind": _CONFIRMED, "orders": self.confirmed})
        self._windows, self.starts, self.confirmed = {}, Punctuality(), []
        return rows

    def take(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows that somebody drained."""
        for row in rows:
            if row["kind"] == _STARTS:
                self.starts.merge(Punctuality.from_json(row))
            elif row["kind"] == _CONFIRMED:
                self.confirmed += row["orders"]
            else:
                window = Window.from_json(row)
                self.of(window.at_s, window.operation).merge(window)


def append_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add rows to a file, one JSON object a line. Raises OSError."""
    text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def read_windows(path: Path) -> Windows:
    """All rows of a file, added up; none where there is no file."""
    windows = Windows()
    if path.exists():
        with path.open(encoding="utf-8") as file:
            windows.take(json.loads(line) for line in file if line.endswith("\n"))
    return windows
