"""`sandbox trace`: one order's life across all systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sandbox.cli.console import out, say_json, told
from sandbox.records.order_story import Moment, story_of
from sandbox.records.order_story import as_json as story_as_json
from sandbox.records.record import Record

_STYLES = {"faults": "red", "network": "red", "core": "yellow", "world": "red", "desk": "magenta"}


@told
def trace(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.")],
    order: Annotated[str, typer.Argument(metavar="ORDER", help="The shop's order number, such as W-000003.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Tell one order's life across all systems, faults and retries included.

    Example:

        sandbox trace runs/peak_week-1 W-000042
    """
    record = Record.open(run)
    moments = story_of(record, order)
    if as_json:
        say_json(story_as_json(order, moments))
    else:
        out.print(_table(record.summary.title, order, moments))


def _table(title: str, order: str, moments: list[Moment]) -> Table:
    table = Table(
        title=f"{order} in “{escape(title)}”, times in UTC", title_justify="left", box=None, padding=(0, 2, 0, 0)
    )
    table.add_column("time", no_wrap=True)
    table.add_column("where", no_wrap=True)
    table.add_column("what", overflow="fold")
    for moment in moments:
        table.add_row(moment.at, moment.system, escape(moment.text), style=_STYLES.get(moment.system, ""))
    return table
