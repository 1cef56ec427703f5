"""What a command asks of a run, and what it hears while the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandbox.runs.scenario import Scenario

Fidelity = Literal["direct", "wire"]


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One run: its scenario as loaded, with what the command line changed in it.

    `folder` is the run's own; `repeat` the command line that repeats the run. With `check_determinism` the run is
    done a second time in another interpreter, and the fingerprints are compared.
    """

    scenario: Scenario
    seed: int
    fidelity: Fidelity
    folder: Path
    repeat: str
    check_determinism: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: virtual time in microseconds since 1970, and orders so far."""

    phase: Literal["demand", "settle", "judge"]
    at_us: int
    start_us: int
    end_us: int
    orders_accepted: int
    orders_open: int


OnProgress = Callable[[Progress], None]
