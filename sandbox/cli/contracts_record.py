"""`sandbox contracts record`: what the gate is to know. One module a group of verbs."""

from __future__ import annotations

import typer

from sandbox.cli.contracts_record_deployments import deployment, environment, release, support_ended, undeployment
from sandbox.cli.contracts_record_results import result
from sandbox.cli.contracts_record_versions import consumer, provider

record = typer.Typer(
    help="Tell the gate what was published, checked and deployed.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
for verb in (consumer, provider, result, environment, deployment, undeployment, release, support_ended):
    record.command()(verb)
