"""`sandbox contracts gate`: who may be deployed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import FINDINGS, err, out, say_json, told
from sandbox.cli.gate_options import DATABASE, BrokerUrl, Database, Environment, Json
from sandbox.cli.gate_reports import Reports, write_reports
from sandbox.errors import InputError, did_you_mean
from sandbox.verification.gate.answers import Answer, Row, Standing, Verdict, all_yes
from sandbox.verification.gate.asking import Question, ask, ask_each
from sandbox.verification.gate.broker.hal import Broker
from sandbox.verification.gate.broker.reading import broker_says, read_broker
from sandbox.verification.gate.database import open_database
from sandbox.verification.gate.model import Book
from sandbox.verification.gate.reading import read_book
from sandbox.verification.gate.told import as_outcome
from sandbox.verification.outcome import Check

_COLOURS = {Answer.YES: "green", Answer.NO: "bold red", Answer.UNKNOWN: "yellow"}


@told
def gate(
    environment: Environment,
    pacticipant: Annotated[
        list[str] | None,
        typer.Option(
            "--pacticipant",
            "-a",
            metavar="NAME",
            help="Who asks; several are deployed together. Else: everyone, each alone.",
        ),
    ] = None,
    version: Annotated[
        list[str] | None,
        typer.Option(
            "--version", "-e", metavar="VERSION", help="The version of each, in the same order; else the latest."
        ),
    ] = None,
    branch: Annotated[str | None, typer.Option(metavar="NAME", help="Instead, the latest of this branch.")] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="PACTICIPANT", help="Tell of it, and let it not block.")
    ] = None,
    include_wip_since: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Tell, too, of new pacts of branches since then; they never block."),
    ] = None,
    only_verified: Annotated[
        bool, typer.Option("--only-verified", help="Verifications alone count, no documents and comparisons.")
    ] = False,
    require: Annotated[
        list[Check] | None, typer.Option(help="A check that each provider's version must have passed.")
    ] = None,
    retry_while_unknown: Annotated[
        int,
        typer.Option(metavar="TIMES", min=0, help="Ask again while the answer is unknown: results may be under way."),
    ] = 0,
    retry_interval: Annotated[float, typer.Option(metavar="SECONDS", min=0.0, help="How long to wait between.")] = 10.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Answer, and end with 0 whatever it is.")] = False,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the answers as JUnit XML, too.")] = None,
    sarif: Annotated[Path | None, typer.Option(metavar="FILE", help="The same as SARIF 2.1.0.")] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="The same for a pull request.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="The same as a page.")] = None,
    database: Database = DATABASE,
    broker: BrokerUrl = None,
    as_json: Json = False,
) -> None:
    """Answer whether a version may be deployed to an environment: can-i-deploy, with reasons.

    Ends with 0 where all that was asked about may be deployed, with 1 where something may not or nobody knows, with 2
    for bad input.

    Examples:

        sandbox contracts gate --environment production

        sandbox contracts gate -a erp -e 2026.4 --environment production --markdown gate.md --sarif gate.sarif

        sandbox contracts gate -a shop --branch main --environment test --retry-while-unknown 6
    """
    names, numbers = pacticipant or [], version or []
    if numbers and len(numbers) != len(names):
        raise InputError(f"{len(names)} pacticipants and {len(numbers)} versions", field="--version", remedy="one each")
    since_us = _date_us(include_wip_since) if include_wip_since else None

    def answer() -> list[Verdict]:
        book = open_database(database, existing=broker is None).transact(read_book)
        candidates = _candidates(book, names, numbers, branch, broker)
        if broker is not None:
            with Broker(broker) as known:
                book = read_broker(known, environment, candidates, book)
                said = {name: broker_says(known, environment, name, number) for name, number in candidates.items()}
        question = Question(
            environment, candidates, frozenset(ignore or []), only_verified, since_us, tuple(require or [])
        )
        found = ask(book, question) if names else ask_each(book, question, sorted(candidates.items()))
        return [replace(one, notes=(*one.notes, said[one.pacticipant])) for one in found] if broker else found

    verdicts = _until_known(answer, retry_while_unknown, retry_interval)
    write_reports(environment, verdicts, Reports(junit, sarif, markdown, html))
    if as_json:
        say_json(as_outcome(environment, verdicts))
    else:
        for verdict in verdicts:
            _say(verdict)
    if not all_yes(verdicts) and not dry_run:
        raise typer.Exit(FINDINGS)


def _candidates(
    book: Book, names: list[str], numbers: list[str], branch: str | None, broker: str | None
) -> dict[str, str]:
    if broker is not None:
        if not numbers:
            raise InputError("say who asks, with a broker", field="--version", remedy="-a NAME -e VERSION")
        return dict(zip(names, numbers, strict=True))
    known = sorted({one.pacticipant for one in book.versions})
    if not known:
        raise InputError("no version is recorded", remedy="begin with: sandbox contracts record --help")
    found: dict[str, str] = {}
    for index, name in enumerate(names or known):
        if name not in known:
            raise InputError(
                f"there is no pacticipant {name!r}", field="--pacticipant", remedy=did_you_mean(name, known)
            )
        latest = book.latest(name, branch)
        if numbers:
            found[name] = numbers[index]
        elif latest is not None:
            found[name] = latest.number
        elif names:
            raise InputError(f"{name} has no version of the branch {branch!r}", field="--branch")
    return found


def _until_known(answer: Callable[[], list[Verdict]], times: int, interval_s: float) -> list[Verdict]:
    """Ask again while the only thing in the way is that nobody knows."""
    verdicts = answer()
    for left in range(times, 0, -1):
        worst = {one.answer for one in verdicts}
        if Answer.UNKNOWN not in worst or Answer.NO in worst:
            break
        err.print(f"unknown: asking again in {interval_s:g} s, {left} times more", style="dim")
        time.sleep(interval_s)
        verdicts = answer()
    return verdicts


def _date_us(text: str) -> int:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no date", field="--include-wip-since", remedy="as 2026-01-31") from None
    aware = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return int(aware.timestamp()) * 1_000_000


def _say(verdict: Verdict) -> None:
    out.print(Text(verdict.sentence, style=_COLOURS[verdict.answer]))
    if verdict.rows:
        table = Table("", "pair", "rests on", "why", box=None, padding=(0, 2, 0, 2))
        for row in verdict.rows:
            told = row.answer.value if row.standing is Standing.COUNTS else f"{row.answer.value} ({row.standing.value})"
            style = _COLOURS[row.answer] if row.standing is Standing.COUNTS else "dim"
            table.add_row(Text(told, style=style), Text(row.subject), row.by.value, _why(row))
        out.print(table)
    for note in verdict.notes:
        out.print(Text(f"  {note}", style="dim"))


def _why(row: Row) -> Text:
    text = Text(row.reason)
    for one in row.details[:5]:
        place = f" ({one.places[-1].file}:{one.places[-1].line})" if one.places else ""
        where = ": ".join(part for part in (one.interaction, one.field) if part)
        text.append(f"\n- {where}: {one.text}{place}" if where else f"\n- {one.text}{place}")
    if len(row.details) > 5:
        text.append(f"\n- and {len(row.details) - 5} more")
    if row.remedy and row.answer is not Answer.YES:
        text.append(f"\nto unblock: {row.remedy}", style="dim")
    text.overflow = "fold"
    return text
