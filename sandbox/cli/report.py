"""`sandbox report`: make a run's report anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sandbox.cli.console import out, say_json, told
from sandbox.records.record import Record


@told
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the path as one JSON object.")] = False,
) -> None:
    """Make a run's report from its record, and say where it is.

    Example:

        sandbox report runs/peak_week-1
    """
    from sandbox.reporting.page import write_report  # matplotlib takes its time

    record = Record.open(run)
    path = write_report(record.folder)
    if as_json:
        say_json({"report": str(path)})
    else:
        out.print(str(path), markup=False)
