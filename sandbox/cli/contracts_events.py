"""`sandbox contracts events`: recorded webhooks and events, held against their published schemas."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import told
from sandbox.cli.recordings import Words, check_recordings, tell_report
from sandbox.shipped import shipped_folder
from sandbox.verification.messages.catalogue import Catalogue
from sandbox.verification.messages.report import MessageFinding, check_file, message_report

_TELLS_FROM = 10_000


@told
def events(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="JSON or NDJSON; or the folder of a run with --contracts.")
    ],
    source: Annotated[
        str | None, typer.Option(metavar="SYSTEM", help="Who sent webhooks that do not say so: erp, wms and so on.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The folder of contracts; the sandbox's own otherwise.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as one JSON object.")] = False,
) -> None:
    """Hold recorded messages against the schema of their type and version.

    A message is a CloudEvent (structured or binary mode), or a webhook: its body, or {"headers": ..., "body": ...} with
    the headers of Standard Webhooks. A type or version that nobody publishes is not tested, and named; what the faults
    of a run spoil on purpose is told, and no finding. Ends with 0 where all that was tested fits, 1 where something
    does not or nothing was tested, 2 where a file cannot be read.

    Examples:

        sandbox contracts events webhooks.ndjson --source erp

        sandbox run poison_order --contracts; sandbox contracts events runs/poison_order-7
    """
    catalogue, report = Catalogue(folder or shipped_folder("contracts")), message_report()
    stopped = check_recordings(
        files, lambda path: check_file(path, catalogue, report, source), _WORDS, _TELLS_FROM, as_json
    )
    tell_report(report, ", ".join(map(str, files)), _WORDS, stopped, as_json)


def _table(findings: Sequence[MessageFinding]) -> Table:
    table = Table("line", "event", "version", "where", "what is wrong", box=None, padding=(0, 2, 0, 0))
    for one in findings:
        where = Text(one.pointer or "/", overflow="fold")
        table.add_row(f"{Path(one.file).name}:{one.line}", one.event, one.version or "", where, Text(one.reason))
    return table


_WORDS = Words("messages", "events", _table)
