"""`sandbox contracts record consumer` and `provider`: versions with what they publish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer

from sandbox.cli.console import out, told
from sandbox.cli.gate_options import DATABASE, Branch, BrokerUrl, Database, DryRun, Pacticipant, VersionOf, now_us
from sandbox.errors import InputError
from sandbox.verification.documents.text import full_place, read_text
from sandbox.verification.gate.broker.hal import Broker
from sandbox.verification.gate.broker.publishing import publish_pacts
from sandbox.verification.gate.database import open_database
from sandbox.verification.gate.publications import read_publication
from sandbox.verification.gate.recording import Recorder
from sandbox.verification.pacts_against_openapi.pact_file import Pact, pact_files, parse_pact

MainBranch = Annotated[
    str | None, typer.Option(metavar="NAME", help="What its main branch is called: told once is enough.")
]


@told
def consumer(
    pact: Annotated[
        list[str], typer.Option(metavar="FILE", help="A pact file, or a folder of them. As often as you like.")
    ],
    version: VersionOf,
    branch: Branch = None,
    main_branch: MainBranch = None,
    pacticipant: Annotated[
        str | None, typer.Option("--pacticipant", "-a", metavar="NAME", help="Of the pacts, only this consumer's.")
    ] = None,
    database: Database = DATABASE,
    broker: BrokerUrl = None,
    dry_run: DryRun = False,
) -> None:
    """Record a version of a consumer with its pacts; publish them where a broker is named.

    A version's pacts never change. Two versions with the same pact share its verifications.

    Examples:

        sandbox contracts record consumer --pact contracts/pacts --version 7.2.0 --branch main --main-branch main
    """
    pacts = [one for one in _read(pact) if pacticipant in (None, one[0].consumer)]
    if not pacts:
        raise InputError(f"no pact is of the consumer {pacticipant!r}", field="--pacticipant")

    def write(connection: sa.Connection) -> None:
        recorder = Recorder(connection, now_us())
        for name in dict.fromkeys(one.consumer for one, _ in pacts):
            recorder.version(name, version, branch, main_branch)
        recorder.consumer(version, pacts, branch)

    open_database(database).transact(write, keep=not dry_run)
    if broker is not None and not dry_run:
        with Broker(broker) as known:
            publish_pacts(known, version, pacts, branch)
    for one, _ in pacts:
        out.print(f"{one.consumer} {version}: pact with {one.provider}, content {one.content_hash[:12]}", markup=False)


def _read(places: list[str]) -> list[tuple[Pact, str]]:
    files = [file for place in places for file in pact_files(Path(place))]
    if not files:
        raise InputError("no pact is in it", file=places[0], remedy="name a folder with pact files (*.json)")
    texts = [(str(file), read_text(full_place(str(file)), str(file))) for file in files]
    return [(parse_pact(text, file), text) for file, text in texts]


@told
def provider(
    pacticipant: Pacticipant,
    version: VersionOf,
    document: Annotated[
        list[str] | None,
        typer.Option(
            "--document", "--openapi", "--asyncapi", metavar="DOC", help="Its OpenAPI or AsyncAPI: a file or URL."
        ),
    ] = None,
    vendor: Annotated[
        bool, typer.Option("--vendor", help="He will never verify pacts: his documents count instead. Told once.")
    ] = False,
    branch: Branch = None,
    main_branch: MainBranch = None,
    database: Database = DATABASE,
    dry_run: DryRun = False,
) -> None:
    """Record a version of a provider with its documents: one of OpenAPI or Swagger, one of AsyncAPI.

    Examples:

        sandbox contracts record provider -a erp -e 2026.4 --openapi contracts/openapi/erp.json --vendor
    """
    read = [read_publication(one) for one in document or []]

    def write(connection: sa.Connection) -> None:
        recorder = Recorder(connection, now_us())
        recorder.version(pacticipant, version, branch, main_branch)
        if vendor:
            recorder.vendor(pacticipant)
        for one in read:
            recorder.provider(pacticipant, version, one.family, one.text, one.file)

    open_database(database).transact(write, keep=not dry_run)
    told_ones = ", ".join(f"{one.kind} ({one.file})" for one in read) or "no document"
    out.print(f"{pacticipant} {version}: {told_ones}", markup=False)
