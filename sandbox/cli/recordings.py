"""How checked recordings are told: `sandbox contracts events` and `recorded`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json
from sandbox.verification.outcome import Finding, Verdict
from sandbox.verification.recording_report import RecordingReport

_LISTED_MOST = 50
F = TypeVar("F", bound=Finding)


@dataclass(frozen=True, slots=True)
class Words(Generic[F]):
    """What a recording has many of, by what they are counted in the JSON object, and how findings are listed."""

    many: str
    counted_by: str
    table: Callable[[Sequence[F]], Table]


def check_recordings(
    files: Sequence[Path], check: Callable[[Path], Iterator[int]], words: Words[F], tells_from: int, as_json: bool
) -> bool:
    """Have each file checked, and say how far it is from `tells_from` read on. True: it was stopped by Ctrl-C."""
    try:
        for path in files:
            for read in check(path):
                if not as_json and read >= tells_from:
                    err.print(f"{path}: {read} {words.many}", style="dim", markup=False)
    except KeyboardInterrupt:
        return True
    return False


def tell_report(report: RecordingReport[F], subject: str, words: Words[F], stopped: bool, as_json: bool) -> None:
    """Tell what it came to, and end: with 0 where all that was tested fits, with 130 where it was stopped, else 1."""
    outcome = report.outcome(subject)
    if as_json:
        counted = {words.counted_by: dict(sorted(report.tested_by.items()))}
        if report.excused:
            counted["excused"] = dict(sorted(report.excused.items()))
        say_json(outcome.as_json(**counted, reasons=dict(sorted(report.not_tested.items())), stopped=stopped))
    else:
        _tell(report, words, stopped)
    if stopped:
        raise typer.Exit(STOPPED)
    if outcome.verdict is not Verdict.PASS:
        raise typer.Exit(FINDINGS)


def _tell(report: RecordingReport[F], words: Words[F], stopped: bool) -> None:
    if report.findings:
        out.print(words.table(report.findings[:_LISTED_MOST]))
        if (more := len(report.findings) - _LISTED_MOST) > 0:
            out.print(Text(f"and {more} more: --json", style="dim"))
    for why, count in sorted(report.not_tested.items()):
        out.print(Text(f"not tested: {count} ({why})", "yellow"))
    for why, count in sorted(report.excused.items()):
        out.print(Text(f"excused: {count} ({why})", "yellow"))
    findings = (
        f"{len(report.findings)} findings" if report.findings else "all others fit" if report.excused else "all fit"
    )
    told_ones = f"{report.tested} {words.many} tested: {findings}" if report.tested else "nothing was tested"
    out.print(Text(f"{'Stopped. ' if stopped else ''}{told_ones}"))
