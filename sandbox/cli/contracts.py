"""`sandbox contracts`: contracts published, compared and checked. One module a verb."""

from __future__ import annotations

import typer

from sandbox.cli.contracts_compatible import compatible
from sandbox.cli.contracts_diff import diff
from sandbox.cli.contracts_published import published
from sandbox.cli.contracts_rules import rules

contracts = typer.Typer(
    help="Contracts between systems: published, compared, and checked from both sides.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
for verb in (
    compatible,
    diff,
    published,
    rules,
):
    contracts.command()(verb)
