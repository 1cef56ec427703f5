"""What a hunt knows so far: the run without faults, and what came of each trial."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.hunt.outcome import Outcome, Place, Site
from sandbox.hunt.trial import Trial


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial of a stage and its outcome; `struck` are the sites at which its faults were aimed."""

    stage: str
    trial: Trial
    outcome: Outcome
    struck: tuple[Site, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the core met anything that it would not have met without the faults: calls, commits or code."""
        return any(self.outcome.fired.values()) and bool(self.outcome.sites or self.outcome.marks)


@dataclass(frozen=True, slots=True)
class Aimed:
    """A trial that a stage wants, and the sites at which it is aimed."""

    trial: Trial
    struck: tuple[Site, ...] = ()


@dataclass(slots=True)
class Knowledge:
    """`clean` is the run without faults, from `begins_us` (UTC) on; `timeouts_us` say how long the core waits for each
    system, `lease_us` for how long work is one core's own. `tried` is in the order of the trials, whoever was ready
    first.
    """

    seed: int
    clean: Outcome
    begins_us: int
    span_us: int
    timeouts_us: dict[str, int]
    lease_us: int
    tried: list[Tried] = field(default_factory=list)
    marks: set[int] = field(default_factory=set)

    @property
    def places(self) -> frozenset[Place]:
        """Where the run without faults could be struck."""
        return frozenset(site.place for site in self.clean.sites)

    def of(self, stage: str) -> list[Tried]:
        """What came of a stage."""
        return [each for each in self.tried if each.stage == stage]


class Stage(Protocol):
    """A way to search."""

    name: str

    def rounds(self, known: Knowledge) -> Iterator[list[Aimed]]:
        """Rounds of trials. What came of a round is in `known` before the next is asked for."""
