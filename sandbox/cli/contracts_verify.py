"""`sandbox contracts verify`: providers verified against the pacts of their consumers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.errors import InputError, SandboxError
from sandbox.verification.outcome import Verdict, as_one_object

if TYPE_CHECKING:
    from sandbox.verification.pacts.broker import Broker
    from sandbox.verification.pacts.results import Verified, VerifiedPact
    from sandbox.verification.pacts.suite import Told
    from sandbox.verification.pacts.verifying import Provider
    from sandbox.verification.pacts_against_openapi.pact_file import Pact

_COLOURS = {
    Verdict.PASS: "bold green",
    Verdict.FAIL: "bold red",
    Verdict.PENDING: "yellow",
    Verdict.UNKNOWN: "bold yellow",
}
_FILES, _DOOR, _BROKER = "Pacts", "At the provider's door", "Pact Broker"


class Stateless(StrEnum):
    """What becomes of interactions with states where no state-change URL is given."""

    RUN = "run"
    SKIP = "skip"


@told
def verify(
    provider: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=URL", help="A provider, by the name that pacts give it. As often as you like."),
    ] = None,
    mock: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A mock system of ours, served here.")] = None,
    pact: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE", help="A pact: a file, a folder, a URL. Default: contracts/pacts.", rich_help_panel=_FILES
        ),
    ] = None,
    consumer: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Of these consumers only.", rich_help_panel=_FILES)
    ] = None,
    consumer_version: Annotated[
        str | None, typer.Option(metavar="V", help="The consumer's version, for the result.", rich_help_panel=_FILES)
    ] = None,
    provider_version: Annotated[str | None, typer.Option(metavar="V", help="The version that is verified.")] = None,
    states: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=URL", help="The provider's state-change URL.", rich_help_panel=_DOOR),
    ] = None,
    without_states: Annotated[
        Stateless,
        typer.Option(
            help="Without such a URL: run interactions that have states all the same, or skip them.",
            rich_help_panel=_DOOR,
        ),
    ] = Stateless.RUN,
    token_env: Annotated[
        list[str] | None,
        typer.Option(metavar="[NAME=]VAR", help="The variable with the bearer token.", rich_help_panel=_DOOR),
    ] = None,
    header_env: Annotated[
        list[str] | None,
        typer.Option(metavar="[NAME:]HEADER=VAR", help="The variable with a header's value.", rich_help_panel=_DOOR),
    ] = None,
    basic_env: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]VAR",
            help="The variable with client:secret, where a pact shows some.",
            rich_help_panel=_DOOR,
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="S", min=0.1, help="For one answer, in seconds.", rich_help_panel=_DOOR)
    ] = 30.0,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Believe any certificate.", rich_help_panel=_DOOR)
    ] = False,
    broker: Annotated[
        str | None, typer.Option(metavar="URL", help="Take pacts from this Pact Broker.", rich_help_panel=_BROKER)
    ] = None,
    broker_token_env: Annotated[
        str | None, typer.Option(metavar="VAR", help="The variable with its token.", rich_help_panel=_BROKER)
    ] = None,
    broker_user_env: Annotated[
        str | None, typer.Option(metavar="VAR", help="The variable with its user.", rich_help_panel=_BROKER)
    ] = None,
    broker_password_env: Annotated[
        str | None, typer.Option(metavar="VAR", help="The variable with the password.", rich_help_panel=_BROKER)
    ] = None,
    consumer_version_selector: Annotated[
        list[str] | None,
        typer.Option(metavar="JSON", help="Which pacts: '{\"mainBranch\": true}'.", rich_help_panel=_BROKER),
    ] = None,
    include_pending: Annotated[
        bool, typer.Option("--include-pending", help="Pending pacts, too.", rich_help_panel=_BROKER)
    ] = False,
    include_wip_since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Work in progress since then, too.", rich_help_panel=_BROKER)
    ] = None,
    provider_branch: Annotated[
        str | None, typer.Option(metavar="NAME", help="The provider's branch.", rich_help_panel=_BROKER)
    ] = None,
    provider_tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="The provider's tag.", rich_help_panel=_BROKER)
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish the results there.", rich_help_panel=_BROKER)
    ] = False,
    build_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The build that is told with them.", rich_help_panel=_BROKER)
    ] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML, too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as one JSON object.")] = False,
) -> None:
    """Verify providers against pacts: what their consumers rely on. Without options: our mocks, all contracts/pacts.

    Ends with 0 where all that counts has passed, 1 where something failed or nothing could be tested, 2 for bad input.

    Examples:

        sandbox contracts verify

        sandbox contracts verify --mock erp --pact my-app-erp.json

        sandbox contracts verify --provider erp=https://erp.example.com --token-env ERP_TOKEN --without-states skip

        sandbox contracts verify --mock erp --broker https://broker.example.com --broker-token-env BROKER_TOKEN
    """
    _need_pact()
    from sandbox.verification.junit import write_junit
    from sandbox.verification.pacts.broker import Broker, login_of, selectors_of, since_of
    from sandbox.verification.pacts.junit import junit as junit_of
    from sandbox.verification.pacts.sources import find_pacts
    from sandbox.verification.pacts.suite import Suite
    from sandbox.verification.pacts.verifying import How

    chosen: Broker | None = None
    if broker is not None:
        chosen = Broker(
            broker,
            login_of(broker_token_env, broker_user_env, broker_password_env),
            include_pending,
            since_of(include_wip_since),
            provider_branch,
            tuple(provider_tag or ()),
            selectors_of(consumer_version_selector or ()),
            publish,
            build_url,
        )
        if pact:
            raise InputError("pacts come from files or from a broker, not both", field="--pact")
    elif publish:
        raise InputError("results are published to a broker", field="--publish", remedy="name it with --broker")
    providers = [
        replace(one, version=provider_version)
        for one in _providers(provider or (), states or (), token_env or (), header_env or (), basic_env or ())
    ]
    how = How(timeout, without_states is Stateless.SKIP, insecure, consumer_version)
    pacts = [] if chosen is not None else find_pacts(pact or (), consumer or ())
    with _progress(sum(len(one.interactions) for one in pacts), quiet=as_json) as tell:
        results = Suite(providers, mock or (), pacts, chosen, how, provider_version).run(tell)
    if junit is not None:
        write_junit(junit, junit_of(results))
    if as_json:
        say_json(as_one_object([one.as_json() for one in results]))
    else:
        _say(results)
    if any(one.stopped for one in results):
        raise typer.Exit(STOPPED)
    passed = (Verdict.PASS, Verdict.PENDING)
    if not results or any(one.unpublished or one.outcome.verdict not in passed for one in results):
        raise typer.Exit(FINDINGS)


def _need_pact() -> None:
    if find_spec("pact") is None:
        raise SandboxError("pact-python is not installed: pip install 'distribution-erp-sandbox[contracts]'")


def _providers(
    named: Sequence[str], states: Sequence[str], tokens: Sequence[str], headers: Sequence[str], logins: Sequence[str]
) -> list[Provider]:
    from sandbox.verification.pacts.credentials import basic_for, headers_for
    from sandbox.verification.pacts.verifying import Provider

    urls = dict(_pair(one, "--provider") for one in named)
    changes = dict(_pair(one, "--states") for one in states)
    for name in changes:
        if name not in urls:
            raise InputError(f"{name!r} is no provider that is verified", field="--states")
    return [
        Provider(
            name,
            url.rstrip("/"),
            headers_for(name, tokens, headers),
            basic_for(name, logins),
            changes.get(name),
        )
        for name, url in urls.items()
    ]


def _pair(told_one: str, field: str) -> tuple[str, str]:
    name, is_pair, url = told_one.partition("=")
    if not is_pair or not name or not url.startswith(("http://", "https://")):
        raise InputError(f"{told_one!r} names no URL", field=field, remedy=f"write {field} erp=https://erp.example.com")
    return name, url


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Told]:
    """How far it is, on stderr, where somebody looks."""
    with err.status("") as status:
        done = 0

        def tell(pact: Pact, one: Verified) -> None:
            nonlocal done
            done += 1
            if not quiet:
                status.update(Text(f"{done} of {total}: {pact.consumer}->{pact.provider}: {one.title}"))

        yield tell


def _say(results: Sequence[VerifiedPact]) -> None:
    for result in results:
        for one in result.interactions:
            if one.verdict in (Verdict.FAIL, Verdict.PENDING):
                _say_wrong(one)
        _say_untested(result)
        stateless = sum(one.stateless for one in result.interactions)
        outcome = result.outcome
        line = Text.assemble(f"{outcome.subject}: ", (outcome.verdict.value, _COLOURS[outcome.verdict]))
        line.append(f": {outcome.tested} interactions tested, {outcome.not_tested} not")
        line.append(f", {stateless} run without their states" if stateless else "")
        out.print(line)
        for trouble in filter(None, (result.stopped, result.unpublished)):
            out.print(Text(trouble, style="yellow"))
    if not results:
        out.print(Text("no pact was verified", style="bold yellow"))


def _say_wrong(one: Verified) -> None:
    out.print(Text.assemble((f"{one.verdict.value}: ", _COLOURS[one.verdict]), one.title))
    for problem in one.problems:
        out.print(Text(f"  {problem}"))


def _say_untested(result: VerifiedPact) -> None:
    reasons: dict[str, list[str]] = {}
    for one in result.interactions:
        if one.verdict is Verdict.UNKNOWN:
            reasons.setdefault(one.reason or "", []).append(one.title)
    for reason, titles in reasons.items():
        told_ones = titles[0] if len(titles) == 1 else f"{titles[0]} and {len(titles) - 1} more"
        out.print(Text(f"not tested: {told_ones}: {reason}", style="yellow"))
