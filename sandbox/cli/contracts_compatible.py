"""`sandbox contracts compatible`: pacts held against a provider's document, for providers that never run Pact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import FINDINGS, out, say_json, told
from sandbox.errors import InputError
from sandbox.verification.diff.changes import Severity
from sandbox.verification.outcome import Verdict, as_one_object
from sandbox.verification.pacts_against_openapi.checking import Checked, check_pact
from sandbox.verification.pacts_against_openapi.operations import read_api
from sandbox.verification.pacts_against_openapi.pact_file import pact_files, read_pact

_COLOURS = {Severity.BREAKING: "bold red", Severity.DANGEROUS: "yellow"}
_VERDICTS = {Verdict.PASS: "bold green", Verdict.FAIL: "bold red", Verdict.UNKNOWN: "bold yellow"}


@told
def compatible(
    pact: Annotated[
        list[str],
        typer.Option(metavar="FILE", help="A pact: a file, a folder of them, or a URL. As often as you like."),
    ],
    openapi: Annotated[str, typer.Option(metavar="DOC", help="The provider's OpenAPI 3 or Swagger 2: a file or URL.")],
    provider: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the pacts, check only those with this provider.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1, too, for what the document leaves open.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--all", help="List, too, what the document leaves open: optional fields for instance.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Check pacts against a provider's OpenAPI document. Nothing is called.

    Each request has to be valid; each response may rely only on what the document promises. It proves what the vendor
    declares, not what the vendor does. Ends with 0 where all fits, 1 where something does not or nothing could be
    tested, 2 where a pact or the document is broken.

    Examples:

        sandbox contracts compatible --pact contracts/pacts --provider erp --openapi https://erp.example.com/openapi.json

        sandbox contracts compatible --pact shop-erp.json --openapi contracts/openapi/erp.json --strict --json
    """
    worst = Severity.DANGEROUS if strict else Severity.BREAKING
    pacts = [read_pact(where) for where in _files(pact)]
    chosen = [one for one in pacts if provider is None or one.provider == provider]
    if not chosen:
        raise InputError(
            f"no pact is with the provider {provider!r}", field="--provider",
            remedy=f"found: {', '.join(sorted({one.provider for one in pacts})) or 'no pact'}",
        )  # fmt: skip
    api = read_api(openapi)
    results = [check_pact(one, api) for one in chosen]
    if as_json:
        say_json(as_one_object([one.as_json(worst) for one in results]))
    else:
        for result in results:
            _say(result, worst, strict or show)
    if any(result.outcome(worst).verdict is not Verdict.PASS for result in results):
        raise typer.Exit(FINDINGS)


def _files(told_ones: list[str]) -> list[str]:
    found: list[str] = []
    for where in told_ones:
        files = [str(one) for one in pact_files(Path(where))] if Path(where).exists() else [where]
        if not files:
            raise InputError("no pact is in it", file=where, remedy="name a folder with pact files (*.json)")
        found += files
    return found


def _say(result: Checked, worst: Severity, everything: bool) -> None:
    listed = result.misfits if everything else result.breaking
    if listed:
        table = Table("severity", "interaction", "what", "where", box=None, padding=(0, 2, 0, 0))
        for one in listed:
            places = f"{one.in_pact.file}:{one.in_pact.line}\n{one.in_document.file}:{one.in_document.line}"
            what = Text.assemble(f"{one.field}: {one.text}\n", (one.remedy, "dim"))
            table.add_row(
                Text(one.severity.value, style=_COLOURS[one.severity]), Text(one.interaction), what,
                Text(places, overflow="fold"),
            )  # fmt: skip
        out.print(table)
    for name, reason in result.not_tested:
        out.print(Text(f"not tested: {name}: {reason}", style="yellow"))
    outcome = result.outcome(worst)
    left_open = len(result.misfits) - len(result.breaking)
    told = f"{outcome.tested} interactions tested, {outcome.not_tested} not, {len(result.breaking)} breaking"
    line = Text.assemble(f"{outcome.subject}: ", (outcome.verdict.value, _VERDICTS[outcome.verdict]), f": {told}")
    out.print(line + Text(f", {left_open} left open by the document" if left_open else ""))
