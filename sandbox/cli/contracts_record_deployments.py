"""`sandbox contracts record environment`, `deployment` and the like: what is where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from sandbox.cli.console import out, told
from sandbox.cli.gate_options import DATABASE, BrokerUrl, Database, DryRun, Environment, Pacticipant, VersionOf, now_us
from sandbox.verification.gate.broker.hal import Broker
from sandbox.verification.gate.broker.publishing import (
    record_deployment,
    record_release,
    record_support_ended,
    record_undeployment,
)
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
    broker: BrokerUrl = None,
    dry_run: DryRun = False,
) -> None:
    """Record that a version was deployed: it replaces the one that was there, of the same instance.

    Examples:

        sandbox contracts record deployment -a erp -e 2026.4 --environment production
    """
    told = (pacticipant, version, environment, application_instance)
    _write(database, dry_run, lambda recorder: recorder.deployment(*told))
    _tell(broker, dry_run, lambda known: record_deployment(known, *told))
    out.print(f"{pacticipant} {version} is deployed to {environment}", markup=False)


@told
def undeployment(
    pacticipant: Pacticipant,
    environment: Environment,
    application_instance: Instance = "",
    database: Database = DATABASE,
    broker: BrokerUrl = None,
    dry_run: DryRun = False,
) -> None:
    """Record that nothing of a pacticipant is deployed any more, of that instance.

    Examples:

        sandbox contracts record undeployment -a erp --environment production
    """
    told = (pacticipant, environment, application_instance)
    _write(database, dry_run, lambda recorder: recorder.undeployment(*told))
    _tell(broker, dry_run, lambda known: record_undeployment(known, *told))
    out.print(f"{pacticipant} is no longer deployed to {environment}", markup=False)


@told
def release(
    pacticipant: Pacticipant, version: VersionOf, environment: Environment, database: Database = DATABASE,
    broker: BrokerUrl = None, dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Record that a version was released: it is out beside earlier ones, as apps and libraries are.

    Examples:

        sandbox contracts record release -a scanner-app -e 3.1 --environment production
    """
    _write(database, dry_run, lambda recorder: recorder.release(pacticipant, version, environment))
    _tell(broker, dry_run, lambda known: record_release(known, pacticipant, version, environment))
    out.print(f"{pacticipant} {version} is released to {environment}", markup=False)


@told
def support_ended(
    pacticipant: Pacticipant, version: VersionOf, environment: Environment, database: Database = DATABASE,
    broker: BrokerUrl = None, dry_run: DryRun = False,
) -> None:  # fmt: skip
    """Record that a released version is no longer supported.

    Examples:

        sandbox contracts record support-ended -a scanner-app -e 3.0 --environment production
    """
    _write(database, dry_run, lambda recorder: recorder.support_ended(pacticipant, version, environment))
    _tell(broker, dry_run, lambda known: record_support_ended(known, pacticipant, version, environment))
    out.print(f"{pacticipant} {version} is no longer supported in {environment}", markup=False)


def _write(database: str, dry_run: bool, work: Callable[[Recorder], None]) -> None:
    open_database(database).transact(lambda connection: work(Recorder(connection, now_us())), keep=not dry_run)


def _tell(url: str | None, dry_run: bool, work: Callable[[Broker], None]) -> None:
    """Tell a broker as well, where one is named."""
    if url is not None and not dry_run:
        with Broker(url) as broker:
            work(broker)
