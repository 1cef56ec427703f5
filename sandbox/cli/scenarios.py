"""`sandbox scenarios`: what can be run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from sandbox.cli.console import out, say_json, told
from sandbox.errors import InputError
from sandbox.runs import library
from sandbox.runs.scenario import load_scenario
from sandbox.runs.schemas import MODELS, write_schemas


@told
def scenarios(
    schemas: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Instead, write the files' JSON Schemas for editors into DIR.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as one JSON object.")] = False,
) -> None:
    """List the scenarios: yours in ./scenarios first, then those that came with the sandbox.

    Examples:

        sandbox scenarios

        sandbox scenarios --schemas scenarios/schemas
    """
    if schemas is not None:
        write_schemas(schemas)
        out.print(f"{schemas}: {', '.join(MODELS)}", markup=False)
        return
    found = [_described(name) for name in library.scenarios()]
    if as_json:
        say_json({"scenarios": found})
        return
    table = Table("name", "title", "about", box=None, padding=(0, 2, 1, 0))
    for one in found:
        table.add_row(f"[bold]{escape(one['name'])}[/]", escape(one["title"]), escape(one["about"]))
    out.print(table)


def _described(name: str) -> dict[str, Any]:
    path = library.find_scenario(name)
    try:
        scenario = load_scenario(path)
    except InputError as error:
        return {"name": name, "file": str(path), "title": "cannot be run", "about": str(error)}
    return {"name": name, "file": str(path), "title": scenario.title, "about": scenario.about}
