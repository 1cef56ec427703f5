"""`sandbox contracts diff`: what changed from one version of a contract to another, and whom it breaks."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import FINDINGS, out, say_json, told
from sandbox.errors import InputError, did_you_mean
from sandbox.verification.diff.changes import SEVERITIES, Change, Comparison, Direction, Severity
from sandbox.verification.diff.comparison import BOTH, compare
from sandbox.verification.diff.rules.table import rule_of
from sandbox.verification.diff.usage import read_pacts, read_usage, strangers, with_hits
from sandbox.verification.outcome import Check, Finding, Outcome, Verdict

_COLOURS = {Severity.BREAKING: "bold red", Severity.DANGEROUS: "yellow", Severity.SAFE: "green"}


class FailOn(StrEnum):
    """From which severity on the command ends with 1."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"
    NEVER = "never"


class Ways(StrEnum):
    """Who writes the values of a bare JSON Schema."""

    REQUEST = "request"
    RESPONSE = "response"
    BOTH = "both"


@told
def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="The contract that consumers know: a file or URL, YAML or JSON.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The contract that is to come.")],
    usage: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who uses which operations and fields (YAML).")
    ] = None,
    pacts: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Pacts of consumers: whose are hit is told.")
    ] = None,
    direction: Annotated[
        Ways, typer.Option(help="For a bare JSON Schema: consumers write it (request), read it (response), or both.")
    ] = Ways.BOTH,
    severity: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE=LEVEL", help="Judge a rule otherwise, for instance api-operation-id-removed=breaking."
        ),
    ] = None,
    show: Annotated[Severity, typer.Option(help="List changes down to this severity.")] = Severity.DANGEROUS,
    fail_on: Annotated[FailOn, typer.Option(help="End with 1 where a change is at least this bad.")] = FailOn.BREAKING,
    as_json: Annotated[bool, typer.Option("--json", help="Print all changes as one JSON object.")] = False,
) -> None:
    """Compare two versions of a contract: OpenAPI 3, Swagger 2, AsyncAPI 2 and 3, JSON Schema.

    Each change has a direction, a severity, a rule (docs/contracts/rules), its place and line, and the operations
    that it hits. Ends with 0 where nothing breaks, 1 where something does, 2 where a document is broken.

    Examples:

        sandbox contracts diff contracts/openapi/erp.json https://erp.example.com/openapi.json

        sandbox contracts diff v1.yaml v2.yaml --pacts contracts/pacts --fail-on dangerous

        sandbox contracts diff order-1.schema.json order-2.schema.json --direction response
    """
    ways = BOTH if direction is Ways.BOTH else (Direction(direction.value),)
    found = compare(old, new, directions=ways, severities=_severities(severity or []))
    told = read_usage(usage) if usage else []
    if usage is not None or pacts is not None:
        found = with_hits(found, [*told, *(read_pacts(pacts) if pacts else [])])
    unknown = strangers(found, told)
    if as_json:
        of_nobody = [{"consumer": one.consumer, "operation": one.operation} for one in unknown]
        say_json(_outcome(found, fail_on).as_json(**found.as_json(), unknown_uses=of_nobody))
    else:
        _say(found, show)
        for one in unknown:
            remedy = did_you_mean(one.operation, found.operations)
            out.print(
                Text(f"{usage}: {one.consumer} uses {one.operation!r}, which neither has: {remedy}", style="yellow")
            )
    if _too_bad(found, fail_on):
        raise typer.Exit(FINDINGS)


def _severities(told_ones: list[str]) -> dict[str, Severity]:
    found = {}
    for one in told_ones:
        rule, _, level = one.partition("=")
        rule_of(rule)
        if level not in list(Severity):
            raise InputError(
                f"{level!r} is no severity", field=f"--severity {rule}", remedy=did_you_mean(level, list(Severity))
            )
        found[rule] = Severity(level)
    return found


def _outcome(found: Comparison, fail_on: FailOn) -> Outcome:
    changes = _too_bad(found, fail_on)
    return Outcome(
        check=Check.DIFF,
        subject=f"{found.old} -> {found.new}",
        verdict=Verdict.FAIL if changes else Verdict.PASS,
        tested=1,
        findings=[
            Finding.model_validate({"message": ": ".join((*one.operations[:1], one.text)), "rule": one.rule})
            for one in changes
        ],
    )


def _too_bad(found: Comparison, fail_on: FailOn) -> list[Change]:
    if fail_on is FailOn.NEVER:
        return []
    worst = SEVERITIES[: SEVERITIES.index(Severity(fail_on.value)) + 1]
    return [change for change in found.changes if change.severity in worst]


def _say(found: Comparison, show: Severity) -> None:
    listed = [change for change in found.changes if SEVERITIES.index(change.severity) <= SEVERITIES.index(show)]
    if listed:
        out.print(_table(listed))
    counts = ", ".join(f"{count} {severity.value}" for severity, count in found.counts.items())
    out.print(Text(f"{found.old} -> {found.new} ({found.kind}): {counts if found.changes else 'nothing changed'}"))
    if hidden := len(found.changes) - len(listed):
        out.print(Text(f"{hidden} not listed: --show safe", style="dim"))


def _table(changes: list[Change]) -> Table:
    table = Table("severity", "direction", "rule", "line", "what", "hits", box=None, padding=(0, 2, 0, 0))
    for change in changes:
        what = Text.assemble(
            f"{change.subject}: " if change.subject else "", change.text, "\n", (change.place.pointer, "dim")
        )
        what.overflow = "fold"  # a pointer is of no use when it is cut
        table.add_row(
            Text(change.severity.value, style=_COLOURS[change.severity]),
            change.direction.value,
            Text(change.rule, overflow="fold"),
            str(change.place.line) if change.new else f"{change.place.line} (old)",
            what,
            Text(_hits(change)),
        )
    return table


def _hits(change: Change) -> str:
    told_ones = list(change.operations[:3])
    if len(change.operations) > len(told_ones):
        told_ones.append(f"and {len(change.operations) - len(told_ones)} more")
    return "\n".join([*told_ones, *(f"! {hit.consumer}" for hit in change.hits)])
