"""`sandbox contracts matrix` and `environments`: what the gate knows."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import out, say_json, told
from sandbox.cli.gate_options import DATABASE, Database, Json
from sandbox.verification.gate.database import open_database
from sandbox.verification.gate.matrix import matrix as cells_of
from sandbox.verification.gate.reading import read_book

_COLOURS = {"pass": "green", "fail": "bold red", "pending": "yellow", "unknown": "yellow", "": "dim"}


@told
def matrix(
    pacticipant: Annotated[
        str | None, typer.Option("--pacticipant", "-a", metavar="NAME", help="Only its pairs.")
    ] = None,
    environment: Annotated[
        str | None, typer.Option("--environment", metavar="NAME", help="Only pairs of which one is deployed there.")
    ] = None,
    database: Database = DATABASE,
    as_json: Json = False,
) -> None:
    """Show which version of each consumer was verified with which version of each provider.

    Examples:

        sandbox contracts matrix --pacticipant erp
    """
    cells = cells_of(open_database(database, existing=True).transact(read_book), pacticipant, environment)
    if as_json:
        say_json({"matrix": [one.as_json() for one in cells]})
        return
    table = Table("consumer", "version", "in", "provider", "version", "in", "verdict", box=None, padding=(0, 2, 0, 0))
    for one in cells:
        verdict = Text(one.verdict or "never verified", style=_COLOURS[one.verdict])
        table.add_row(
            Text(one.consumer), Text(one.consumer_version), Text(", ".join(one.consumer_in)),
            Text(one.provider), Text(one.provider_version or "-"), Text(", ".join(one.provider_in)), verdict,
        )  # fmt: skip
    out.print(table if cells else "no pact is recorded")


@told
def environments(database: Database = DATABASE, as_json: Json = False) -> None:
    """Show the environments, and which versions are in each.

    Examples:

        sandbox contracts environments
    """
    book = open_database(database, existing=True).transact(read_book)
    there = {
        one.name: [
            {"pacticipant": d.pacticipant, "version": d.version, "instance": d.instance, "released": d.released}
            for d in book.deployments
            if d.environment == one.name
        ]
        for one in book.environments
    }
    if as_json:
        found = [
            {"name": one.name, "production": one.production, "deployed": there[one.name]} for one in book.environments
        ]
        say_json({"environments": found})
        return
    table = Table("environment", "pacticipant", "version", "how", box=None, padding=(0, 2, 0, 0))
    for one in book.environments:
        name = f"{one.name} (production)" if one.production else one.name
        for row in there[one.name] or [{"pacticipant": "nothing is deployed", "version": "", "instance": ""}]:
            how = "released" if row.get("released") else str(row["instance"])
            table.add_row(Text(name), Text(str(row["pacticipant"])), Text(str(row["version"])), Text(how))
            name = ""
    out.print(table if book.environments else "no environment is recorded")
