"""What `sandbox contracts fuzz` says to people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from sandbox.cli.console import out

if TYPE_CHECKING:
    from sandbox.verification.fuzz.findings import FuzzFinding
    from sandbox.verification.fuzz.result import FuzzOutcome

_COLOURS = {"pass": "green", "fail": "bold red", "known findings": "yellow"}


def say(outcomes: Iterable[FuzzOutcome]) -> None:
    """Tell each: its operations, what was found, and what was not tested."""
    for outcome in outcomes:
        out.print(_operations(outcome))
        for finding in outcome.new:
            out.print(_finding(finding))
        for operation in outcome.operations:
            if operation.why is not None:
                out.print(Text(f"{operation.verdict.value}: {operation.operation}: {operation.why}", style="yellow"))
        for error in outcome.errors:
            out.print(Text(f"error: {error}", style="bold red"))
        for entry in outcome.expired:
            out.print(Text(f"the baseline's {entry} has expired: its finding counts again", style="yellow"))
        for entry in outcome.unmatched:
            out.print(Text(f"the baseline's {entry} fits nothing any more: take it out", style="yellow"))
        out.print(_summary(outcome))


def _operations(outcome: FuzzOutcome) -> Table:
    table = Table("operation", "verdict", "requests", "accepted", "answers", box=None, padding=(0, 2, 0, 0))
    for one in outcome.operations:
        answers = " ".join(f"{status}:{count}" for status, count in one.statuses.items())
        verdict = Text(one.verdict.value, style=_COLOURS.get(one.verdict.value, "yellow"))
        table.add_row(Text(one.operation, overflow="fold"), verdict, str(one.cases), str(one.accepted), Text(answers))
    return table


def _finding(finding: FuzzFinding) -> Text:
    line = "" if finding.line is None else f" (line {finding.line})"
    answer = "" if finding.status is None else f"\n    {finding.status}: {finding.answer or ''}"
    return Text.assemble(
        (f"{finding.id} {finding.code} {finding.check}", "bold red"),
        f" {finding.operation}{line}, {finding.phase}, seed {finding.seed}\n    {finding.message}\n",
        (f"    {finding.curl}", "dim"),
        answer,
    )


def _summary(outcome: FuzzOutcome) -> Text:
    counts = Counter(one.verdict.value for one in outcome.operations)
    told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    known = sum(getattr(one, "known", False) for one in outcome.findings)
    nothing = "" if outcome.tested else "; nothing was tested, so it fails"
    return Text(
        f"{outcome.subject}: {outcome.verdict.value}: {told}; {len(outcome.new)} new findings, {known} known;"
        f" {outcome.cases:,} requests in {outcome.seconds:.0f} s, seed {outcome.seed}{nothing}",
        style=_COLOURS.get(outcome.verdict.value, "yellow"),
    )
