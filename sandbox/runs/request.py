"""What a command asks of a run, and what it hears while the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, Literal

from sandbox.runs.own_history import Changes
from sandbox.runs.scenario import Scenario

Fidelity = Literal["direct", "wire"]


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One run: its scenario as loaded from `source`, a name or a file, with the `changes` of the command line.

    `folder` is the run's own; `repeat` the command line that repeats the run. With `check_determinism` the run is
    done a second time in another interpreter, and the fingerprints are compared.
    """

    scenario: Scenario
    seed: int
    fidelity: Fidelity
    folder: Path
    repeat: str
    source: str
    changes: Changes = field(default_factory=Changes)
    check_determinism: bool = False

    def specification(self) -> dict[str, Any]:
        """What another interpreter needs to make the same run, as JSON values."""
        return {
            "scenario": self.source,
            "changes": list(astuple(self.changes)),
            "seed": self.seed,
            "fidelity": self.fidelity,
        }


Phase = Literal["demand", "settle", "judge"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: virtual time in microseconds since 1970, and orders so far."""

    phase: Phase
    at_us: int
    start_us: int
    end_us: int
    orders_accepted: int
    orders_open: int


OnProgress = Callable[[Progress], None]


def unheard(progress: Progress) -> None:
    """For a run that nobody watches."""
