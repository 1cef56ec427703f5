"""`sandbox contracts events`: recorded webhooks and events, held against their published schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.shipped import shipped_folder
from sandbox.verification.messages.catalogue import Catalogue
from sandbox.verification.messages.report import MessageFinding, MessageReport, check_file
from sandbox.verification.outcome import Verdict

_LISTED_MOST = 50
_TELLS_FROM = 10_000


@told
def events(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="JSON or NDJSON; or the folder of a run with --contracts.")
    ],
    source: Annotated[
        str | None, typer.Option(metavar="SYSTEM", help="Who sent webhooks that do not say so: erp, wms and so on.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of contracts; the sandbox's own otherwise.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as one JSON object.")] = False,
) -> None:
    """Hold recorded messages against the schema of their type and version.

    A message is a CloudEvent (structured or binary mode), or a webhook: its body, or {"headers": ..., "body": ...} with
    the headers of Standard Webhooks. A type or version that nobody publishes is not tested, and named. Ends with 0
    where all that was tested fits, 1 where something does not or nothing was tested, 2 where a file cannot be read.

    Examples:

        sandbox contracts events webhooks.ndjson --source erp

        sandbox run poison_order --contracts; sandbox contracts events runs/poison_order-7
    """
    catalogue, report = Catalogue(folder or shipped_folder("contracts")), MessageReport()
    stopped = False
    try:
        for path in files:
            for read in check_file(path, catalogue, report, source):
                if not as_json and read >= _TELLS_FROM:
                    err.print(f"{path}: {read} messages", style="dim", markup=False)
    except KeyboardInterrupt:
        stopped = True
    outcome = report.outcome(", ".join(map(str, files)))
    if as_json:
        reasons = dict(sorted(report.not_tested.items()))
        say_json(outcome.as_json(events=dict(sorted(report.by_event.items())), reasons=reasons, stopped=stopped))
    else:
        _tell(report, stopped)
    if stopped:
        raise typer.Exit(STOPPED)
    if outcome.verdict is not Verdict.PASS:
        raise typer.Exit(FINDINGS)


def _tell(report: MessageReport, stopped: bool) -> None:
    if report.findings:
        out.print(_table(report.findings[:_LISTED_MOST]))
        if (more := len(report.findings) - _LISTED_MOST) > 0:
            out.print(Text(f"and {more} more: --json", style="dim"))
    for why, count in sorted(report.not_tested.items()):
        out.print(Text(f"not tested: {count} ({why})", "yellow"))
    findings = f"{len(report.findings)} findings" if report.findings else "all fit"
    told_ones = f"{report.tested} messages tested: {findings}" if report.tested else "nothing was tested"
    out.print(Text(f"{'Stopped. ' if stopped else ''}{told_ones}"))


def _table(findings: list[MessageFinding]) -> Table:
    table = Table("line", "event", "version", "where", "what is wrong", box=None, padding=(0, 2, 0, 0))
    for one in findings:
        where = Text(one.pointer or "/", overflow="fold")
        table.add_row(f"{Path(one.file).name}:{one.line}", one.event, one.version or "", where, Text(one.reason))
    return table
