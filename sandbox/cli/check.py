"""`sandbox check`: whether a file that somebody wrote is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandbox.cli.console import out, say_json, told
from sandbox.runs.checking import checked


@told
def check(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A scenario, a design, a column mapping or a fault plan (YAML).")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as one JSON object.")] = False,
) -> None:
    """Say whether a scenario, design, column mapping or fault plan is sound; ends with 2 where it is not.

    Example:

        sandbox check scenarios/peak_week.yaml
    """
    found = checked(file)
    if as_json:
        say_json({"file": str(file), "kind": found.kind, "says": found.says, "errors": []})
    else:
        out.print(f"{file}: a sound {found.kind}: {found.says}", markup=False)
