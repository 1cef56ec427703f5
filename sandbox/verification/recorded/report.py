"""Recorded pairs checked one after the other, and what that came to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sandbox.verification.outcome import Check, Finding
from sandbox.verification.recorded.api import Api
from sandbox.verification.recorded.checking import Wrong, check_pair
from sandbox.verification.recorded.pair import Pair
from sandbox.verification.recorded.reading import read_pairs
from sandbox.verification.recording_report import RecordingReport


class PairFinding(Finding):
    """What is wrong with a pair: its line, on which side and where in it, and where the contract says so."""

    file: str
    line: int
    pair: str
    operation: str
    side: str
    where: str
    reason: str
    contract: str
    contract_line: int


def pair_report() -> RecordingReport[PairFinding]:
    """A report with nothing in it yet."""
    return RecordingReport(Check.RECORDED)


def check_pairs(path: Path, api: Api, report: RecordingReport[PairFinding]) -> Iterator[int]:
    """Check what a file has recorded; yields how many pairs were read, now and then. Raises InputError."""
    read = 0
    for pair in read_pairs(path):
        read += 1
        operation = api.find(pair.method, pair.path)
        if operation is None:
            method = f"{pair.method} of " if api.knows(pair.path) else ""
            base = api.above(pair.path)
            servers = "" if base is None else f": the document's servers are at {base}"
            report.not_tested[f"no operation is {method or f'{pair.method} '}{pair.path}{servers}"] += 1
            continue
        report.tested += 1
        report.tested_by[operation.title] += 1
        report.findings += [_finding(path, pair, operation.title, one) for one in check_pair(pair, operation, api)]
        if not read % 1000:
            yield read
    yield read


def _finding(path: Path, pair: Pair, operation: str, wrong: Wrong) -> PairFinding:
    rule = wrong.rule
    return PairFinding(
        message=f"{path}:{pair.line}: {pair.title}: {wrong.side} {wrong.where}: {wrong.reason}",
        file=str(path),
        line=pair.line,
        pair=pair.title,
        operation=operation,
        side=wrong.side,
        where=wrong.where,
        reason=wrong.reason,
        contract=f"{rule.document.file}#{rule.json_pointer}",
        contract_line=rule.line,
    )
