"""What the messages of a run came to, on the console."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from sandbox.records.summary import ContractFinding, ContractResult

_SHOWN = 10


def contract_outcome(result: ContractResult) -> list[RenderableType]:
    """A line, and a table where something is wrong."""
    wrong = [finding for finding in result.findings if not finding.excused]
    count = sum(finding.count for finding in wrong)
    told = f"{count:,} findings" if wrong else "all keep their schema" if result.tested else "none was tested"
    parts: list[RenderableType] = [
        Text(f"Messages: {result.tested:,} checked, {told}", "green" if result.kept else "bold red")
    ]
    parts += [Text(f"  not tested: {many:,} ({why})", "yellow") for why, many in result.not_tested.items()]
    if result.findings:
        parts.append(_table(sorted(result.findings, key=lambda one: (bool(one.excused), -one.count))))
    return parts


def _table(findings: list[ContractFinding]) -> Table:
    table = Table("event", "version", "where", "what is wrong", "first", title="Contracts broken", title_justify="left")
    table.add_column("how often", justify="right")
    for one in findings[:_SHOWN]:
        excused = f" (spoilt by {', '.join(one.excused)})" if one.excused else ""
        where = Text(one.pointer or "/", overflow="fold")
        reason = Text(f"{one.reason}{excused}", "dim" if excused else "")
        table.add_row(one.name, one.version or "", where, reason, one.message, f"{one.count:,}")
    return table
