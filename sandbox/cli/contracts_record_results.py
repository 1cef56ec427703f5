"""`sandbox contracts record result`: what a check came to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from sandbox.cli.console import out, told
from sandbox.cli.gate_options import DATABASE, Branch, BrokerUrl, Database, DryRun, now_us
from sandbox.errors import InputError
from sandbox.verification.gate.broker.hal import Broker
from sandbox.verification.gate.broker.publishing import publish_verification
from sandbox.verification.gate.database import open_database
from sandbox.verification.gate.recording import Recorder
from sandbox.verification.outcome import Outcome, read_outcomes
from sandbox.verification.pacts_against_openapi.pact_file import read_pact


@told
def result(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What a check printed with --json.")],
    version: Annotated[
        list[str] | None,
        typer.Option("--version", "-e", metavar="NAME=VERSION", help="A version that the result does not tell."),
    ] = None,
    pact: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="The pact that was verified, where the consumer's version is not recorded."),
    ] = None,
    branch: Branch = None,
    database: Database = DATABASE,
    broker: BrokerUrl = None,
    dry_run: DryRun = False,
) -> None:
    """Record a check's result: verify, fuzz, behaviour, events, recorded, rehearse.

    Where a broker is named, verifications of pacts are published to it. One counts for every version of a consumer
    with the same pact.

    Examples:

        sandbox contracts record result verify.json --version shop=7.2.0 --version erp=2026.4 --branch main

        sandbox contracts record result fuzz.json --version erp=2026.4
    """
    versions = dict(_version(one) for one in version or [])
    outcomes = [_with_versions(one, versions) for one in read_outcomes(file)]
    hashes = [read_pact(one).content_hash for one in pact or []]

    def write(connection: sa.Connection) -> None:
        recorder = Recorder(connection, now_us())
        for outcome in outcomes:
            recorder.result(outcome, hashes, branch)

    open_database(database).transact(write, keep=not dry_run)
    if broker is not None and not dry_run:
        with Broker(broker) as known:
            for outcome in outcomes:
                publish_verification(known, outcome, branch)
    for outcome in outcomes:
        out.print(f"{outcome.check}: {outcome.subject}: {outcome.verdict}, {outcome.tested} tested", markup=False)


def _version(text: str) -> tuple[str, str]:
    name, equals, number = text.partition("=")
    if not (name and equals and number):
        raise InputError(f"{text!r} is no version of a pacticipant", field="--version", remedy="as erp=2026.4")
    return name, number


def _with_versions(outcome: Outcome, versions: dict[str, str]) -> Outcome:
    return outcome.model_copy(update={"versions": {**outcome.versions, **versions}})
