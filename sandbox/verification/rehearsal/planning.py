"""From two contract documents to edits of the wire: what is said of each change, and none is passed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sandbox.faults.contract.change import ALL
from sandbox.faults.contract.edit import WireEdit
from sandbox.verification.diff.changes import Change, Comparison, Severity
from sandbox.verification.diff.comparison import ComparedApis, compare_apis
from sandbox.verification.diff.http.model import signature
from sandbox.verification.diff.rules.table import rule_of
from sandbox.verification.rehearsal.at import WEBHOOK, At, Said, Standing, quiet, unsaid
from sandbox.verification.rehearsal.contracts import Contract
from sandbox.verification.rehearsal.of_answers import ANSWERS
from sandbox.verification.rehearsal.of_operations import OPERATIONS
from sandbox.verification.rehearsal.of_requests import REQUESTS
from sandbox.verification.rehearsal.overlay import applied, is_overlay
from sandbox.verification.rehearsal.renaming import Hints, renamed

SHARE = 0.2
_NO_CALL = "the mock has no such operation for an integration"
_OUT_OF_REACH = defaultdict(
    lambda: _NO_CALL,
    {"callback": "callbacks are not called by the mock", "webhook": "the mock sends no such webhook"},
)
_STILL_RIGHT = "what is sent and read under the old contract is right under the new one"


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One change of the comparison under a short name, and what becomes of it in the rehearsal."""

    id: str
    change: Change
    standing: Standing
    edits: tuple[WireEdit, ...]
    reason: str

    @property
    def is_breaking(self) -> bool:
        """Whether the comparison calls it breaking."""
        return self.change.severity is Severity.BREAKING

    @property
    def words(self) -> str:
        """The change in one line: where, and what."""
        where = self.change.operations[0] if self.change.operations else "the whole API"
        more = f" and {len(self.change.operations) - 1} more" if len(self.change.operations) > 1 else ""
        what = f"{self.change.subject}: {self.change.text}" if self.change.subject else self.change.text
        return f"{where}{more}: {what}"


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes from one contract to another, as they are to be rehearsed. `new` is the new one as it was named."""

    comparison: Comparison
    new: str
    changes: tuple[PlannedChange, ...]

    @property
    def rehearsed(self) -> tuple[PlannedChange, ...]:
        """The changes that are put on the wire."""
        return tuple(one for one in self.changes if one.standing is Standing.REHEARSED)

    @property
    def not_expressed(self) -> tuple[PlannedChange, ...]:
        """The changes that cannot be."""
        return tuple(one for one in self.changes if one.standing is Standing.NOT_EXPRESSED)


def plan_of(
    old: str, new: str, calls: Iterable[str], topics: Iterable[str], *, share: float = SHARE, hints: Hints = ()
) -> Plan:
    """What is to be rehearsed. `calls` and `topics` are those of the mock; `share` is how often what may come comes.

    `new` may be an overlay on the old document. Raises InputError for a broken document, and for a hint that fits
    nothing.
    """
    if is_overlay(new):
        with TemporaryDirectory() as folder:
            path = applied(new, old, Path(folder))
            return _plan(compare_apis(old, str(path)), new, calls, topics, share, hints)
    return _plan(compare_apis(old, new), new, calls, topics, share, hints)


def _plan(
    found: ComparedApis, named: str, calls: Iterable[str], topics: Iterable[str], share: float, hints: Hints
) -> Plan:
    before, after = Contract(found.old, found.old_views), Contract(found.new, found.new_views)
    names = renamed(found, before, after, hints)
    planner = _Planner(found, before, after, frozenset(calls), frozenset(topics), share, names)
    changes = [planner.planned(f"C{index}", change) for index, change in enumerate(found.comparison.changes, 1)]
    return Plan(found.comparison, named, tuple(changes))


@dataclass(frozen=True, slots=True)
class _Planner:
    found: ComparedApis
    old: Contract
    new: Contract
    calls: frozenset[str]
    topics: frozenset[str]
    share: float
    names: Mapping[tuple[str, str], str]

    def planned(self, name: str, change: Change) -> PlannedChange:
        said = [self._said(change, title, subject) for title, subject in self.found.places[change]]
        edits = _once(edit for one in said for edit in one.edits)
        standing = _of_all([one.standing for one in said])
        reasons = dict.fromkeys(one.reason for one in said if one.reason)
        return PlannedChange(name, change, standing, edits, "; ".join(reasons))

    def _said(self, change: Change, title: str, subject: str) -> Said:
        rule = rule_of(change.rule)
        express = OPERATIONS.get(rule.name) or (REQUESTS if change.direction == "request" else ANSWERS).get(rule.name)
        if express is None:
            return (
                quiet(_STILL_RIGHT) if change.severity is Severity.SAFE else unsaid("no rule of the rehearsal knows it")
            )
        called = self._called(title)
        if called is None:
            return unsaid(_OUT_OF_REACH["callback" if " callback " in title else title.partition(" ")[0]])
        at = At(change, rule.name, title, called, subject, self.old, self.new, self.share, dict(self.names))
        if at.is_webhook and at.in_request:
            return unsaid("what consumers answer to a webhook is not judged here")
        return express(at)

    def _called(self, title: str) -> str | None:
        """How the mock calls an operation of the documents, or a webhook; None where it has none such."""
        if not title:
            return ALL
        if " callback " in title:
            return None
        if title.startswith(WEBHOOK):
            topic = title.split(" ")[1]
            return topic if topic in self.topics else None
        return next((call for call in sorted(self.calls) if signature(call) == signature(title)), None)


def _once(edits: Iterable[WireEdit]) -> tuple[WireEdit, ...]:
    kept: list[WireEdit] = []
    for edit in edits:
        if edit not in kept:
            kept.append(edit)
    return tuple(kept)


def _of_all(standings: Sequence[Standing]) -> Standing:
    """One word for several places: rehearsed where any is, else what cannot be expressed goes before no effect."""
    for one in (Standing.REHEARSED, Standing.NOT_EXPRESSED):
        if one in standings:
            return one
    return Standing.WITHOUT_EFFECT
