"""How planned starts were kept: a load generator that starts late measures itself, not the systems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.load.histogram import Histogram

LATE_FROM_S: Final = 0.1
"""A start is late from so many seconds after its plan on."""
LATE_SHARE_MOST: Final = 0.01
DROPPED_SHARE_MOST: Final = 0.001


@dataclass(slots=True)
class Punctuality:
    """Planned starts: those that were made, late ones among them, and those that were dropped.

    One is dropped where too many calls are under way in the load generator already, where the run ended first, or where
    the load generator itself broke on it.
    `lateness` is by how much starts came after their plan, in microseconds.
    """

    planned: int = 0
    started: int = 0
    late: int = 0
    lateness: Histogram = field(default_factory=Histogram)

    @property
    def dropped(self) -> int:
        """Planned, and never made."""
        return self.planned - self.started

    def start(self, late_by_s: float) -> None:
        """One start was made, so long after its plan."""
        self.started += 1
        self.late += late_by_s >= LATE_FROM_S
        self.lateness.add(late_by_s * 1_000_000)

    def broke(self) -> None:
        """One that was made has come to nothing in the load generator: it is dropped after all."""
        self.started -= 1

    def merge(self, other: Punctuality) -> None:
        """Add another process's starts."""
        self.planned += other.planned
        self.started += other.started
        self.late += other.late
        self.lateness.merge(other.lateness)

    def void_because(self) -> str | None:
        """Why the run's latencies say nothing of the systems; None: they do."""
        if not self.planned:
            return None
        if self.dropped > self.planned * DROPPED_SHARE_MOST:
            return (
                f"{self.dropped:,} of {self.planned:,} planned starts were dropped "
                f"({DROPPED_SHARE_MOST:.1%} at most): the load was not what was planned"
            )
        if self.late > self.planned * LATE_SHARE_MOST:
            return (
                f"{self.late:,} of {self.planned:,} planned starts came {LATE_FROM_S * 1000:.0f} ms late or later "
                f"({LATE_SHARE_MOST:.0%} at most): the load generator could not keep up"
            )
        return None

    def as_json(self) -> dict[str, Any]:
        """One row."""
        counts = {"planned": self.planned, "started": self.started, "late": self.late}
        return {**counts, "lateness": self.lateness.as_json()}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Punctuality:
        """What `as_json` gave."""
        return cls(row["planned"], row["started"], row["late"], Histogram.from_json(row["lateness"]))
