"""`sandbox contracts behaviour`: what a schema cannot say of an API, checked by calling it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.errors import InputError, did_you_mean
from sandbox.system_names import SYSTEM_NAMES
from sandbox.verification.behaviour.checks import CHECKS, chosen
from sandbox.verification.outcome import as_one_object

if TYPE_CHECKING:
    from sandbox.verification.behaviour.result import Result
    from sandbox.verification.behaviour.run import Checked

_COLOURS = {"pass": "green", "fail": "bold red", "not tested": "yellow"}


@told
def behaviour(
    systems: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SYSTEM]...", help="Our own mocks: erp, wms, carrier, commerce, desk [default: all]."),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Instead, any API: what stands before each path of its document.")
    ] = None,
    openapi: Annotated[
        str | None, typer.Option(metavar="DOC", help="Its OpenAPI document: a file or URL [default: the profile's].")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What a document cannot say: sample calls, ids, pages (YAML).")
    ] = None,
    webhook_target: Annotated[
        str | None, typer.Option(metavar="URL", help="Instead, or besides: an endpoint that takes webhooks.")
    ] = None,
    secret_env: Annotated[
        str | None, typer.Option(metavar="NAME", help="The variable with the secret of that endpoint's webhooks.")
    ] = None,
    check: Annotated[list[str] | None, typer.Option(metavar="CHECK", help="Only this check; may be repeated.")] = None,
    operation: Annotated[
        list[str] | None, typer.Option(metavar="OPERATION", help="Only this operation; may be repeated.")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Our mocks as processes of their own.")] = False,
    receive_on: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where webhooks of the API come in; port 0: any that is free.")
    ] = "127.0.0.1:0",
    receive_as: Annotated[
        str | None, typer.Option(metavar="URL", help="How the API reaches that place, through a tunnel, say.")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Certificates to trust behind https [default: this machine's].")
    ] = None,
    show: Annotated[bool, typer.Option("--all", help="List what passed and what was not tested, too.")] = False,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write the results as JUnit XML, too.")
    ] = None,
    list_checks: Annotated[bool, typer.Option("--list", help="Tell the checks, and check nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all results as one JSON object.")] = False,
) -> None:
    """Check how an API behaves where its document has no words: keys, retries, versions, cursors, webhooks, faults.

    Each check of each operation passes, fails with the calls and answers that show it, or is not tested, with the
    reason. Ends with 0 where all passed, 1 where something failed or nothing could be tested, 2 for bad input. It
    writes: point it at a test system. docs/contracts/behaviour.md tells each check.

    Examples:

        sandbox contracts behaviour

        sandbox contracts behaviour erp --check key-concurrent --all

        sandbox contracts behaviour --base-url https://erp.test/api --openapi erp.yaml --profile erp-profile.yaml

        sandbox contracts behaviour --webhook-target http://127.0.0.1:8100/webhooks/erp --secret-env WEBHOOK_SECRET
    """
    if list_checks:
        _list(as_json)
        return
    checked, stopped = _checked(
        systems or [], base_url, openapi, profile, webhook_target, secret_env, check or [], operation or [], live,
        (receive_on, receive_as), ca,
    )  # fmt: skip
    outcomes = [one.outcome() for one in checked]
    if junit_file is not None:
        from sandbox.verification.behaviour.junit import junit
        from sandbox.verification.junit import write_junit

        write_junit(junit_file, junit({one.subject: one.suite.results for one in checked}))
    if as_json:
        told_ones = [
            outcome.as_json(results=[result.as_json() for result in one.suite.results], stopped=stopped)
            for one, outcome in zip(checked, outcomes, strict=True)
        ]
        say_json(as_one_object(told_ones))
    else:
        for one in checked:
            _say(one, show)
    if stopped:
        err.print("stopped: what was checked until then is told")
        raise typer.Exit(STOPPED)
    if any(outcome.verdict != "pass" for outcome in outcomes):
        raise typer.Exit(FINDINGS)


def _checked(
    systems: list[str],
    base_url: str | None,
    openapi: str | None,
    profile: Path | None,
    target: str | None,
    secret_env: str | None,
    ids: list[str],
    operations: list[str],
    live: bool,
    receive: tuple[str, str | None],
    ca: Path | None,
) -> tuple[list[Checked], bool]:
    """Make the checks; what was checked, and whether Ctrl-C cut it short."""
    from sandbox.verification.behaviour.run import Checked, Ways, check_mock, check_provider, check_receiver, given
    from sandbox.verification.behaviour.suite import Suite

    wanted = chosen(ids)
    if systems and (base_url is not None or target is not None):
        raise InputError("give systems of ours, or URLs of yours, not both", field="--base-url")
    if base_url is None and (openapi is not None or (profile is not None and target is None)):
        raise InputError("is missing", field="--base-url", remedy="say where the API is, such as https://erp.test/api")
    if (target is None) != (secret_env is None):
        raise InputError("--webhook-target and --secret-env go together", field="--webhook-target")
    for name in systems:
        if name not in SYSTEM_NAMES:
            raise InputError(f"no mock system is called {name!r}", remedy=did_you_mean(name, SYSTEM_NAMES))
    host, _, port = receive[0].rpartition(":")
    if not host or not port.isdecimal():
        raise InputError(f"{receive[0]!r} is no HOST:PORT", field="--receive-on", remedy="write 127.0.0.1:0")

    ways = Ways(int(port), receive[1], host, ca)

    def suite(subject: str) -> Suite:
        return Suite(wanted, operations, lambda what: _hear(subject, what))

    checked: list[Checked] = []
    runs: list[Coroutine[Any, Any, None]] = []
    if base_url is not None:
        what = given(openapi, profile)
        checked.append(Checked(what.subject, suite(what.subject)))
        runs.append(
            check_provider(checked[-1], what, base_url, os.environ, ways)
        )  # fmt: skip
    if target is not None and secret_env is not None:
        checked.append(Checked(target, suite("receiver")))
        runs.append(check_receiver(checked[-1], profile, target, secret_env, os.environ, ways))
    if not runs:
        for name in systems or list(SYSTEM_NAMES):
            checked.append(Checked(name, suite(name)))
            runs.append(check_mock(checked[-1], name, apart=live))
    return checked, _run_all(runs)


def _run_all(runs: list[Coroutine[Any, Any, None]]) -> bool:
    """Run them one after the other; whether Ctrl-C cut that short."""

    async def all_of_them() -> None:
        for one in runs:
            await one

    try:
        asyncio.run(all_of_them())
    except KeyboardInterrupt:
        return True
    finally:
        for one in runs:
            one.close()
        _hear("", "")
    return False


def _hear(subject: str, what: str) -> None:
    """The line on stderr that says what is being checked, at a terminal."""
    if err.is_terminal:
        err.file.write(f"\r\x1b[K{subject} {what}"[: err.width + 4] if what else "\r\x1b[K")
        err.file.flush()


def _say(checked: Checked, show: bool) -> None:
    results = checked.suite.results
    listed = [one for one in results if show or one.verdict == "fail"]
    if listed:
        out.print(_table(listed))
    for one in results:
        if one.verdict == "fail":
            _say_evidence(one)
    counts = {verdict: sum(one.verdict == verdict for one in results) for verdict in _COLOURS}
    out.print(Text(f"{checked.subject}: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items())))
    if not counts["pass"] + counts["fail"]:
        out.print(Text("nothing could be tested, which is no success: --all tells why", style="bold red"))


def _table(results: list[Result]) -> Table:
    table = Table("verdict", "check", "operation", "", box=None, padding=(0, 2, 0, 0))
    for one in results:
        verdict = Text(one.verdict.value, style=_COLOURS[one.verdict.value])
        table.add_row(verdict, one.check, Text(one.operation, overflow="fold"), Text(one.detail))
    return table


def _say_evidence(result: Result) -> None:
    out.print(Text(f"\n{result.check} {result.operation}: {result.detail}", style="bold"))
    for one in result.evidence[-4:]:
        asked, answer = one["request"], one["answer"]
        out.print(Text(f"  > {asked['method']} {asked['url']}  {asked['body'] or ''}"[:400]))
        came = one.get("lost") if answer is None else f"{answer['status']}  {answer['body'] or ''}"
        out.print(Text(f"  < {came}"[:400]))


def _list(as_json: bool) -> None:
    if as_json:
        say_json(
            {"checks": [{"id": c.id, "what": c.what, "why": c.why, "source": c.source, "of": c.of} for c in CHECKS]}
        )
        return
    table = Table("check", "what", "source", box=None, padding=(0, 2, 0, 0))
    for one in CHECKS:
        table.add_row(one.id, Text(one.what), Text(one.source))
    out.print(table)
