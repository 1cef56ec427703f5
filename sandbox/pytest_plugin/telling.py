"""What the message of a failed assertion says: the invariant in plain words, its findings, and where to read on."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

from sandbox.errors import did_you_mean
from sandbox.records.narration import tell
from sandbox.records.order_story import told_time
from sandbox.records.record import Record, RecordedFact
from sandbox.records.summary import ExpectationResult, FaultResult, Finding, InvariantResult, Summary
from sandbox.reporting.invariant_words import MEANINGS

_FINDINGS_MOST: Final = 6  # in all, and one of each invariant at least
_EVIDENCE_MOST: Final = 4


def check_known(ids: Collection[str], invariants: Mapping[str, str]) -> None:
    """Fail for what is no invariant."""
    __tracebackhide__ = True
    for name in [ids] if isinstance(ids, str) else ids:
        if name not in invariants:
            pytest.fail(f"there is no invariant {name!r}; {did_you_mean(name, invariants)}", pytrace=False)


def check_asked(ids: Collection[str], invariants: Mapping[str, str]) -> None:
    """Fail where no invariant is named, or one that is none."""
    __tracebackhide__ = True
    if not ids:
        pytest.fail('which invariants? Write assert_holds("I1", "I2")', pytrace=False)
    check_known(ids, invariants)


def title(summary: Summary) -> str:
    """Which run it is."""
    return f"{summary.title} ({summary.scenario} by {summary.design}, seed {summary.seed})"


def broken(
    found: Sequence[InvariantResult], findings: Sequence[Finding], facts: Iterable[RecordedFact], how: str
) -> str:
    """Invariants that do not hold, each with its first findings and the facts that show them."""
    most = max(1, _FINDINGS_MOST // len(found))
    shown = {one.id: [f for f in findings if f.invariant == one.id][:most] for one in found}
    wanted = {place for first in shown.values() for finding in first for place in finding.evidence}
    evidence = {place: fact for fact in facts if (place := (fact.system, fact.system_seq)) in wanted} if wanted else {}
    lines = [f"{_count(len(found), 'invariant')} {how}"]
    for one in found:
        lines += ["", *_headline(one)]
        for finding in shown[one.id]:
            lines += _finding(finding, evidence)
        if more := one.violations - len(shown[one.id]):
            lines.append(f"  and {more:,} more")
    return "\n".join(lines)


def struck(faults: Sequence[FaultResult]) -> str:
    """The faults that were carried out, if any."""
    lines = [f"  {one.text} ({_count(one.fired, 'time')})" for one in faults if one.fired]
    return "\n".join(["\n\nFaults that struck:", *lines]) if lines else ""


def missed(found: Sequence[ExpectationResult]) -> str:
    """Expectations that were not met, and what was seen."""
    if not found:
        return ""
    lines = [f"{_count(len(found), 'expectation')} missed"]
    return "\n".join([*lines, *(f"  expected {one.text!r}, seen: {one.actual}" for one in found)])


def where_to_read_on(record: Record, report: Path) -> str:
    """Where the record and its report are, and the commands that tell more and that repeat the run."""
    order = next((finding.order for finding in record.summary.findings if finding.order), None)
    lines = [f"Report: {report}", f"Record: {record.folder}"]
    if order is not None:
        lines.append(f"Trace:  {shlex.join(['sandbox', 'trace', str(record.folder), order])}")
    return "\n".join([*lines, f"Repeat: {record.summary.repeat}"])


def _headline(found: InvariantResult) -> Iterator[str]:
    counts = f"{_count(found.violations, 'violation')} in {_count(found.checked, 'check')}"
    yield f"{found.id} {found.name}: {found.verdict}, {counts}"
    yield f"  {MEANINGS[found.id]}"
    for why in found.unknown:
        yield f"  not judged: {why}"


def _finding(finding: Finding, facts: Mapping[tuple[str, int], RecordedFact]) -> Iterator[str]:
    subject = f"order {finding.order}" if finding.order else finding.entity
    yield f"  - {told_time(finding.at_us)} {subject}: {finding.message}"
    evidence = [facts[system, seq] for system, seq in finding.evidence if (system, seq) in facts]
    for fact in evidence[-_EVIDENCE_MOST:]:
        yield f"      {told_time(fact.at_us)} {fact.system} #{fact.system_seq}: {tell(fact)}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
