"""What a comparison finds. Frozen values: the console, JSON and the gate's reports are all made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Direction(StrEnum):
    """Who writes what changed: `request` is written by consumers, `response` is read by them, as events are."""

    REQUEST = "request"
    RESPONSE = "response"


class Severity(StrEnum):
    """What a change does to a consumer that keeps to the old contract.

    `breaking`: something that was right is not any more. `dangerous`: the contracts do not say, or nothing fails and
    something is lost. `safe`: nothing happens to it.
    """

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: JSON pointer (RFC 6901) and line, from 1, in a file or URL."""

    file: str
    pointer: str
    line: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A consumer that is hit, and by which operations."""

    consumer: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `old` or `new` is None where the thing stands in one version alone.

    `subjects` are the places in messages where it shows, as `200/lines/[]/price` or `query status`: what many share is
    one change. `operations` are all that are hit, as `POST /orders` or `send orders/placed`.
    """

    rule: str
    severity: Severity
    direction: Direction
    text: str
    subjects: tuple[str, ...]
    old: Place | None
    new: Place | None
    operations: tuple[str, ...]
    hits: tuple[Hit, ...] = ()

    @property
    def subject(self) -> str:
        """The first place in messages where it shows; empty for the whole of an operation or document."""
        return self.subjects[0] if self.subjects else ""

    @property
    def place(self) -> Place:
        """Where to look: in the new version, or in the old one for what was removed."""
        place = self.new or self.old
        if place is None:
            raise ValueError(f"{self.rule}: a change without a place")
        return place

    def as_json(self) -> dict[str, Any]:
        """The change as JSON values; `place` is repeated for those who want one."""
        return {**asdict(self), "place": asdict(self.place)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes from one version to another, worst first, then in the order of the file.

    `operations` are all that either version has, as changes name them: calls, webhooks, channels both ways.
    """

    kind: str
    old: str
    new: str
    changes: tuple[Change, ...]
    operations: tuple[str, ...] = ()
    counts: Mapping[Severity, int] = field(init=False)

    def __post_init__(self) -> None:
        ranks = {severity: rank for rank, severity in enumerate(SEVERITIES)}
        order = sorted(
            self.changes, key=lambda one: (ranks[one.severity], one.place.line, one.rule, one.subject, one.text)
        )
        object.__setattr__(self, "changes", tuple(order))
        counts = {severity: sum(one.severity is severity for one in order) for severity in SEVERITIES}
        object.__setattr__(self, "counts", counts)

    @property
    def worst(self) -> Severity | None:
        """The worst severity found; None where nothing changed."""
        return next((severity for severity in SEVERITIES if self.counts[severity]), None)

    def as_json(self) -> dict[str, Any]:
        """The comparison as JSON values."""
        counts = {severity.value: count for severity, count in self.counts.items()}
        changes = [change.as_json() for change in self.changes]
        return {"kind": self.kind, "old": self.old, "new": self.new, "counts": counts, "changes": changes}
