"""`sandbox contracts`: contracts published, compared and checked. One module a verb."""

from __future__ import annotations

import typer

from sandbox.cli.contracts_behaviour import behaviour
from sandbox.cli.contracts_compatible import compatible
from sandbox.cli.contracts_diff import diff
from sandbox.cli.contracts_events import events
from sandbox.cli.contracts_fuzz import fuzz
from sandbox.cli.contracts_gate import gate
from sandbox.cli.contracts_matrix import environments, matrix
from sandbox.cli.contracts_pacts import pacts
from sandbox.cli.contracts_published import published
from sandbox.cli.contracts_record import record
from sandbox.cli.contracts_recorded import recorded
from sandbox.cli.contracts_rehearse import rehearse
from sandbox.cli.contracts_rules import rules
from sandbox.cli.contracts_verify import verify

contracts = typer.Typer(
    help="Contracts between systems: published, compared, checked from both sides, and gated before production.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
for verb in (
    behaviour,
    compatible,
    diff,
    environments,
    events,
    fuzz,
    gate,
    matrix,
    pacts,
    published,
    recorded,
    rules,
    verify,
    rehearse,
):
    contracts.command()(verb)
contracts.add_typer(record, name="record")
