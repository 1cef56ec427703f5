"""`sandbox contracts fuzz`: does an API keep its own contract, whatever one sends to it?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandbox.cli.console import FINDINGS, STOPPED, err, say_json, told
from sandbox.cli.contracts_fuzz_said import say
from sandbox.cli.contracts_fuzz_work import Wanted, work
from sandbox.cli.status_line import StatusLine
from sandbox.errors import InputError
from sandbox.verification.fuzz.plan import CHECKS, PHASES, FuzzPlan, chosen_checks
from sandbox.verification.outcome import Verdict, as_one_object

_ALL_CHECKS = ", ".join(CHECKS)


@told
def fuzz(
    systems: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SYSTEM]...", help="Ours: erp, wms, carrier, commerce, desk, core."),
    ] = None,
    openapi: Annotated[
        str | None, typer.Option(metavar="FILE|URL", help="Any API's contract: OpenAPI 3 or Swagger 2.")
    ] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="Where that API answers.")] = None,
    name: Annotated[str | None, typer.Option(help="What results call it; left out: its host.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed sends the same requests.")] = 1,
    examples: Annotated[int, typer.Option(help="Drawn requests for each operation and phase.")] = 20,
    minutes: Annotated[
        float | None, typer.Option(help="Go on drawing new requests for so long; left out: once through.")
    ] = None,
    phase: Annotated[list[str] | None, typer.Option(help=f"Only these: {', '.join(PHASES)}.")] = None,
    check: Annotated[list[str] | None, typer.Option(help=f"Only these of {_ALL_CHECKS}.")] = None,
    exclude_check: Annotated[list[str] | None, typer.Option(help="All checks but these.")] = None,
    operation: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Only these: an id, or 'GET /orders/*'.")
    ] = None,
    exclude_operation: Annotated[list[str] | None, typer.Option(metavar="PATTERN", help="Not these.")] = None,
    values: Annotated[
        Path | None, typer.Option(metavar="FILE", help="YAML: field or parameter, and values that the API knows.")
    ] = None,
    refusal: Annotated[
        list[int] | None, typer.Option(metavar="STATUS", help="A well-formed request may be refused with it.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(metavar="VARIABLE", help="The environment variable with the bearer token.")
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option("--header", "-H", metavar="'NAME: VALUE'", help="Sent each time; ${VARIABLE} is filled in."),
    ] = None,
    workers: Annotated[int, typer.Option(help="Requests at once, over HTTP; from 2 on a seed repeats nothing.")] = 1,
    timeout: Annotated[float, typer.Option(help="Seconds that an answer may take.")] = 10.0,
    baseline: Annotated[Path | None, typer.Option(metavar="FILE", help="Known findings (YAML).")] = None,
    update_baseline: Annotated[bool, typer.Option(help="Write what is found into the baseline.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML.")] = None,
    har: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all requests and answers (HAR).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Send an API what its contract allows and forbids, and check each answer against the contract (Schemathesis).

    Ours are tested in this process, all of them where none is named; any other by --openapi and --base-url. An
    operation that never accepted anything is not tested, and nothing tested is a failure. Ends with 0 where nothing new
    is wrong, 1 where something is, 2 for bad input.

    Examples:

        sandbox contracts fuzz erp wms core

        sandbox contracts fuzz --openapi erp.yaml --base-url https://erp.example.com --token ERP_TOKEN

        sandbox contracts fuzz carrier --operation 'POST /labels' --phase fuzzing --examples 500 --seed 7
    """
    if update_baseline and baseline is None:
        raise InputError("--update-baseline needs --baseline FILE")
    plan = FuzzPlan(
        seed=seed,
        examples=examples,
        seconds=None if minutes is None else max(1, round(minutes * 60)),
        phases=tuple(phase or PHASES),
        checks=chosen_checks(check or (), exclude_check or ()),
        operations=tuple(operation or ()),
        without_operations=tuple(exclude_operation or ()),
        refusals=tuple(refusal or ()),
        workers=workers,
        timeout_s=timeout,
    )
    wanted = Wanted(tuple(systems or ()), openapi, base_url, name, values, token, tuple(header or ()))
    with StatusLine(quiet=as_json) as status:
        outcomes = work(wanted, plan, baseline, update_baseline, junit, har, status.say)
    if as_json:
        say_json(as_one_object([one.as_json() for one in outcomes]))
    else:
        say(outcomes)
    if any(outcome.stopped for outcome in outcomes):
        err.print("stopped: what was found until then is above")
        raise typer.Exit(STOPPED)
    if any(outcome.verdict is not Verdict.PASS for outcome in outcomes):
        raise typer.Exit(FINDINGS)
