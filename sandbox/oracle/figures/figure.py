"""What a figure is, and what the figures are told from outside: the traffic that the networks counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.oracle.percentiles import scaled

HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that a business reads. `value` None: there was nothing to measure; `n` counts the observations."""

    name: str
    value: float | None
    unit: str
    about: str
    n: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The figure as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Series:
    """A number over time: `points` are `(at_us, value)`, as far apart as the run was sampled."""

    name: str
    unit: str
    about: str
    points: tuple[tuple[int, float], ...]

    def as_json(self) -> dict[str, Any]:
        """The series as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls to one system: how many in all, most in any minute, most at one moment (None: not measured)."""

    calls: int
    peak_per_minute: int
    peak_in_flight: int | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """What no ledger holds: calls by system, and how many duplicates the core absorbed (None: nobody counted)."""

    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    duplicates_absorbed: int | None = None


def spread(
    name: str, observed_us: Iterable[int], unit: str, unit_us: int, about: str, percents: Iterable[int] = (50, 95, 99)
) -> list[Figure]:
    """The percentiles of a duration: `name p50`, `name p95` and so on; 100 is called max."""
    ordered = sorted(observed_us)
    return [
        Figure(
            f"{name} {'max' if percent == 100 else f'p{percent}'}",
            scaled(ordered, percent, unit_us),
            unit,
            about,
            len(ordered),
        )
        for percent in percents
    ]


def share(part: int, whole: int) -> float | None:
    """Percent, to one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
