"""What the oracle says: a verdict for each invariant, and a finding for each breach of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Outcome(StrEnum):
    """Three-valued: what was never exercised is unknown, never passed."""

    PASSED = "pass"
    VIOLATED = "violated"
    UNKNOWN = "unknown"


class FactRef(NamedTuple):
    """One fact, by its ledger and its number there."""

    system: str
    seq: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach. `role` is the part of the invariant that broke, `message` says it in business words.

    `order` is the business order, None where none is concerned; `entity` the thing that is wrong in a system's own
    id; `at_us` when it became wrong; `evidence` the facts that show it.
    """

    invariant: str
    role: str
    order: str | None
    entity: str
    at_us: int
    message: str
    evidence: tuple[FactRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """An invariant, judged.

    `checked` counts the checks made. `excused` counts, by reason, what no correct core could have done in time;
    `pending` what is still within its deadline. `unknown` says what was never exercised; `data` holds figures
    measured on the way. `untried` names flows that the run did not have, without which it may still pass.
    """

    id: str
    name: str
    verdict: Outcome
    checked: int
    violations: tuple[Finding, ...] = ()
    excused: Mapping[str, int] = field(default_factory=dict)
    pending: int = 0
    unknown: tuple[str, ...] = ()
    data: Mapping[str, float | None] = field(default_factory=dict)
    untried: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The verdict as JSON values, the shape of a run's record."""
        return asdict(self)
