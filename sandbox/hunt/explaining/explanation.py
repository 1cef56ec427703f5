"""A finding explained: what it takes, what happened to the order, and where a run that passes goes another way."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sandbox.errors import InputError
from sandbox.faults.words import in_words
from sandbox.hunt.explaining.differences import Difference, first_fact, first_note
from sandbox.hunt.explaining.recorded import Recorded, recorded
from sandbox.hunt.finding import Finding
from sandbox.hunt.outcome import FAILED, Outcome
from sandbox.hunt.scheduling import Scheduling
from sandbox.hunt.trying import prepared
from sandbox.records.record import Record
from sandbox.records.summary import Finding as ToldFinding
from sandbox.reporting.books import opened
from sandbox.reporting.invariant_words import MEANINGS
from sandbox.reporting.lives import Lives, Story
from sandbox.runs.scenario import INVARIANTS

_BROKEN: Final = "The core, or the world around it, must not raise."


@dataclass(frozen=True, slots=True)
class ScheduledFault:
    """One fault of the schedule in words, and how often it struck."""

    id: str
    text: str
    struck: int


@dataclass(frozen=True, slots=True)
class Parting:
    """Where the nearest passing run goes another way: it is the same trial less the fault `without`.

    `noticed` is the first thing noticed that differs, `booked` the first fact in any book, `order` the first about the
    order that suffered.
    """

    without: str
    noticed: Difference | None
    booked: Difference | None
    order: Difference | None

    @property
    def at_us(self) -> int:
        """Until when the two runs are the same."""
        return min((part.at_us for part in (self.noticed, self.booked) if part is not None), default=0)

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        parts = {"noticed": self.noticed, "booked": self.booked, "order": self.order}
        return {
            "without": self.without,
            **{name: None if part is None else part.as_json() for name, part in parts.items()},
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """`violation` is the first in this run; `meaning` says what the invariant asks; `orders` are the shop's numbers.

    `parting` is None where no run without one of the faults passes.
    """

    finding: Finding
    violation: ToldFinding
    invariant: str
    meaning: str
    scenario: str
    schedule: tuple[ScheduledFault, ...]
    orders: tuple[str, ...]
    turns: str
    story: Story
    parting: Parting | None

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        steps = [
            {"at_us": step.at_us, "where": step.lane, "text": step.text, "evidence": step.is_evidence}
            for step in self.story.steps
        ]
        return {
            "invariant": {"id": self.finding.invariant, "name": self.invariant, "meaning": self.meaning},
            "role": self.finding.role,
            "message": self.violation.message,
            "order": self.violation.order,
            "at_us": self.violation.at_us,
            "schedule": [{"id": one.id, "text": one.text, "struck": one.struck} for one in self.schedule],
            "orders": list(self.orders),
            "turns": self.turns,
            "timeline": steps,
            "difference": None if self.parting is None else self.parting.as_json(),
            "finding": self.finding.as_written(),
        }


def explained(finding: Finding) -> Explanation:
    """Carry the trial out again, and once without each of its faults, and tell why it fails.

    Raises InputError for a finding that does not come about any more.
    """
    with tempfile.TemporaryDirectory(prefix="sandbox-explain-") as folder:
        failing = recorded(finding.target, finding.trial, Path(folder) / "failing")
        violation = _told_finding(finding, failing.outcome)
        with opened(failing.record.folder) as books:
            story = Lives(books).story(violation)
        parting = _parting(finding, failing, violation.order, Path(folder))
    scenario = prepared(finding.target)[0]
    trial, outcome = finding.trial, failing.outcome
    return Explanation(
        finding=finding,
        violation=violation,
        invariant=INVARIANTS.get(finding.invariant, "NoFailure"),
        meaning=_BROKEN if finding.invariant == FAILED else MEANINGS.get(finding.invariant, ""),
        scenario=scenario.title,
        schedule=tuple(
            ScheduledFault(atom.id, in_words(atom, scenario.span_us), outcome.fired.get(atom.id, 0))
            for atom in trial.atoms
        ),
        orders=tuple(outcome.orders.values()),
        turns=turns_in_words(trial.scheduling),
        story=story,
        parting=parting,
    )


def turns_in_words(scheduling: Scheduling) -> str:
    """Who goes first, in words."""
    if scheduling.kind == "fifo":
        return "what is ready at the same instant is done in turn"
    if scheduling.kind == "drawn":
        return f"what is ready at the same instant is done in an order drawn from seed {scheduling.seed}"
    changes = f", which change {scheduling.depth} times" if scheduling.depth else ""
    return f"tasks have priorities drawn from seed {scheduling.seed}{changes}"


def _told_finding(finding: Finding, outcome: Outcome) -> ToldFinding:
    violation = outcome.first(finding.invariant, finding.role)
    if violation is None:
        remedy = "`sandbox replay` tells what has changed"
        raise InputError("the finding does not come about any more: there is nothing to explain", remedy=remedy)
    return ToldFinding(
        invariant=violation.invariant,
        role=violation.role,
        order=violation.order,
        entity=violation.entity,
        at_us=violation.at_us,
        message=violation.message,
        evidence=[(fact.system, fact.seq) for fact in violation.evidence],
    )


def _parting(finding: Finding, failing: Recorded, order: str | None, folder: Path) -> Parting | None:
    found: list[Parting] = []
    for atom in finding.trial.atoms:
        less = replace(finding.trial, atoms=tuple(other for other in finding.trial.atoms if other is not atom))
        other = recorded(finding.target, less, folder / f"without-{len(found)}-{atom.id}")
        if other.outcome.first(finding.invariant, finding.role) is None:
            found.append(_compared(atom.id, failing.record, other.record, order))
    return nearest(found)


def _compared(without: str, failing: Record, passing: Record, order: str | None) -> Parting:
    about = None if order is None else first_fact(failing, passing, order)
    return Parting(without, first_note(failing, passing), first_fact(failing, passing), about)


def nearest(found: Sequence[Parting]) -> Parting | None:
    """Of the runs that pass the one that goes the same way for the longest; None where none passes."""
    return max(found, key=lambda parting: parting.at_us, default=None)
