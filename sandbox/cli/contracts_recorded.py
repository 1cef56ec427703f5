"""`sandbox contracts recorded`: recorded requests and responses, held against an OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import told
from sandbox.cli.recordings import Words, check_recordings, tell_report
from sandbox.verification.recorded.api import Api
from sandbox.verification.recorded.report import PairFinding, check_pairs, pair_report

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
    api, report = Api(openapi), pair_report()
    stopped = check_recordings(files, lambda path: check_pairs(path, api, report), _WORDS, _TELLS_FROM, as_json)
    tell_report(report, openapi, _WORDS, stopped, as_json)


def _table(findings: Sequence[PairFinding]) -> Table:
    table = Table("line", "pair", "side", "where", "what is wrong", "contract", box=None, padding=(0, 2, 0, 0))
    for one in findings:
        where, pair = Text(one.where, overflow="fold"), Text(one.pair, overflow="fold")
        place = f"line {one.contract_line}"
        table.add_row(f"{Path(one.file).name}:{one.line}", pair, one.side, where, Text(one.reason), place)
    return table


_WORDS = Words("pairs", "operations", _table)
