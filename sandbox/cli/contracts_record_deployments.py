"""`sandbox contracts record environment`, `deployment` and the like: what is where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from sandbox.cli.console import out, told
from sandbox.cli.gate_options import DATABASE, Database, DryRun, Environment, Pacticipant, VersionOf, now_us
from sandbox.verification.gate.database import open_database
from sandbox.verification.gate.recording import Recorder

Instance = Annotated[
    str, typer.Option("--application-instance", metavar="NAME", help="Which of several that are there at once.")
]


@told
def environment(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As production or test.")],
    production: Annotated[bool, typer.Option("--production", help="Customers are served from it.")] = False,
    database: Database = DATABASE,
    dry_run: DryRun = False,
) -> None:
    """Record an environment, before anything is deployed to it.

    Examples:

        sandbox contracts record environment production --production
    """
    _write(database, dry_run, lambda recorder: recorder.environment(name, production))
    out.print(f"environment {name}", markup=False)


@told
def deployment(
    pacticipant: Pacticipant,
    version: VersionOf,
    environment: Environment,
    application_instance: Instance = "",
    database: Database = DATABASE,
    dry_run: DryRun = False,
) -> None:
    """Record that a version was deployed: it replaces the one that was there, of the same instance.

    Examples:

        sandbox contracts record deployment -a erp -e 2026.4 --environment production
    """
    _write(
        database, dry_run,
        lambda recorder: recorder.deployment(pacticipant, version, environment, application_instance),
    )  # fmt: skip
    out.print(f"{pacticipant} {version} is deployed to {environment}", markup=False)


@told
def undeployment(
    pacticipant: Pacticipant,
    environment: Environment,
    application_instance: Instance = "",
    database: Database = DATABASE,
    dry_run: DryRun = False,
) -> None:
    """Record that nothing of a pacticipant is deployed any more, of that instance.

    Examples:

        sandbox contracts record undeployment -a erp --environment production
    """
    _write(database, dry_run, lambda recorder: recorder.undeployment(pacticipant, environment, application_instance))
    out.print(f"{pacticipant} is no longer deployed to {environment}", markup=False)


@told
def release(
    pacticipant: Pacticipant, version: VersionOf, environment: Environment, database: Database = DATABASE,
    dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Record that a version was released: it is out beside earlier ones, as apps and libraries are.

    Examples:

        sandbox contracts record release -a scanner-app -e 3.1 --environment production
    """
    _write(database, dry_run, lambda recorder: recorder.release(pacticipant, version, environment))
    out.print(f"{pacticipant} {version} is released to {environment}", markup=False)


@told
def support_ended(
    pacticipant: Pacticipant, version: VersionOf, environment: Environment, database: Database = DATABASE,
    dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Record that a released version is no longer supported.

    Examples:

        sandbox contracts record support-ended -a scanner-app -e 3.0 --environment production
    """
    _write(database, dry_run, lambda recorder: recorder.support_ended(pacticipant, version, environment))
    out.print(f"{pacticipant} {version} is no longer supported in {environment}", markup=False)


def _write(database: str, dry_run: bool, work: Callable[[Recorder], None]) -> None:
    open_database(database).transact(lambda connection: work(Recorder(connection, now_us())), keep=not dry_run)
