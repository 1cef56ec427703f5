"""`sandbox check`: whether a scenario, or a file that somebody wrote, is sound."""

from __future__ import annotations

from typing import Annotated

import typer

from sandbox.cli.console import out, say_json, told
from sandbox.runs.checking import checkable, checked


@told
def check(
    what: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE",
            help="A scenario's or design's name, or a file: scenario, design, column mapping or fault plan (YAML).",
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")] = False,
) -> None:
    """Say whether a scenario, design, column mapping or fault plan is sound; ends with 2 where it is not.

    Examples:

        sandbox check peak_week

        sandbox check scenarios/peak_week.yaml
    """
    file = checkable(what)
    found = checked(file)
    if as_json:
        say_json({"file": str(file), "kind": found.kind, "says": found.says, "errors": []})
    else:
        out.print(f"{file}: a sound {found.kind}: {found.says}", markup=False)
