"""`sandbox contracts recorded`: recorded requests and responses, held against an OpenAPI document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.verification.outcome import Verdict
from sandbox.verification.recorded.api import Api
from sandbox.verification.recorded.report import PairFinding, PairReport, check_pairs

_LISTED_MOST = 50
_TELLS_FROM = 5_000


@told
def recorded(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="HAR 1.2, NDJSON of pairs, or a VCR cassette.")
    ],
    openapi: Annotated[str, typer.Option(metavar="DOC", help="The OpenAPI 3 document: a file or URL, YAML or JSON.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as one JSON object.")] = False,
) -> None:
    """Hold recorded pairs of request and response against the operations of an OpenAPI document.

    Checked are parameters and body of the request, and the response's status, content type, headers and body. A pair
    that no operation matches is not tested, and named. Ends with 0 where all that was tested fits, 1 where something
    does not or nothing was tested, 2 where a file cannot be read.

    Examples:

        sandbox contracts recorded traffic.har --openapi contracts/openapi/erp.json

        sandbox contracts recorded pairs.ndjson --openapi https://erp.example.com/openapi.json --json
    """
    api, report = Api(openapi), PairReport()
    stopped = False
    try:
        for path in files:
            for read in check_pairs(path, api, report):
                if not as_json and read >= _TELLS_FROM:
                    err.print(f"{path}: {read} pairs", style="dim", markup=False)
    except KeyboardInterrupt:
        stopped = True
    outcome = report.outcome(openapi)
    if as_json:
        reasons, operations = dict(sorted(report.not_tested.items())), dict(sorted(report.by_operation.items()))
        say_json(outcome.as_json(operations=operations, reasons=reasons, stopped=stopped))
    else:
        _tell(report, stopped)
    if stopped:
        raise typer.Exit(STOPPED)
    if outcome.verdict is not Verdict.PASS:
        raise typer.Exit(FINDINGS)


def _tell(report: PairReport, stopped: bool) -> None:
    if report.findings:
        out.print(_table(report.findings[:_LISTED_MOST]))
        if (more := len(report.findings) - _LISTED_MOST) > 0:
            out.print(Text(f"and {more} more: --json", style="dim"))
    for why, count in sorted(report.not_tested.items()):
        out.print(Text(f"not tested: {count} ({why})", "yellow"))
    findings = f"{len(report.findings)} findings" if report.findings else "all fit"
    told_ones = f"{report.tested} pairs tested: {findings}" if report.tested else "nothing was tested"
    out.print(Text(f"{'Stopped. ' if stopped else ''}{told_ones}"))


def _table(findings: list[PairFinding]) -> Table:
    table = Table("line", "pair", "side", "where", "what is wrong", "contract", box=None, padding=(0, 2, 0, 0))
    for one in findings:
        where, pair = Text(one.where, overflow="fold"), Text(one.pair, overflow="fold")
        place = f"line {one.contract_line}"
        table.add_row(f"{Path(one.file).name}:{one.line}", pair, one.side, where, Text(one.reason), place)
    return table
