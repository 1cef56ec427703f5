"""The command `sandbox`."""

from __future__ import annotations

import gc
import sys
from typing import Final

import typer

from sandbox.cli.check import check
from sandbox.cli.contracts import contracts
from sandbox.cli.explain import explain
from sandbox.cli.hunt import hunt
from sandbox.cli.load import load
from sandbox.cli.replay import replay
from sandbox.cli.report import report
from sandbox.cli.run import run
from sandbox.cli.scenarios import scenarios
from sandbox.cli.shrink import shrink
from sandbox.cli.trace import trace
from sandbox.cli.up import up

_NOBODY_READS: Final = 141
"""The exit code of one whose output nobody takes any more, as a shell tells of SIGPIPE: 1 would be findings."""

app = typer.Typer(
    name="sandbox",
    help="Rehearse a distributor's ERP integration before production: run a scenario with its faults, and have it "
    "judged by the books of the systems.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for verb in (run, trace, report, scenarios, check, up, load, hunt, shrink, explain, replay):
    app.command()(verb)
app.add_typer(contracts, name="contracts")


def main() -> None:
    """Run the command line."""
    try:
        app()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # which Click ends with 1
            sys.exit(_NOBODY_READS)
        raise
    finally:
        gc.freeze()  # the interpreter's last collection would walk all that a long run made: memory that goes anyway
