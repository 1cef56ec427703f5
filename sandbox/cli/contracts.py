"""`sandbox contracts`: contracts published, compared and checked. One module a verb, imported when it is asked for."""

from __future__ import annotations

from collections.abc import MutableMapping
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

# Where each verb is, in the order of the help.
MODULES = {
    "behaviour": "sandbox.cli.contracts_behaviour",
    "compatible": "sandbox.cli.contracts_compatible",
    "diff": "sandbox.cli.contracts_diff",
    "environments": "sandbox.cli.contracts_matrix",
    "events": "sandbox.cli.contracts_events",
    "fuzz": "sandbox.cli.contracts_fuzz",
    "gate": "sandbox.cli.contracts_gate",
    "matrix": "sandbox.cli.contracts_matrix",
    "pacts": "sandbox.cli.contracts_pacts",
    "published": "sandbox.cli.contracts_published",
    "recorded": "sandbox.cli.contracts_recorded",
    "rules": "sandbox.cli.contracts_rules",
    "verify": "sandbox.cli.contracts_verify",
    "rehearse": "sandbox.cli.contracts_rehearse",
    "record": "sandbox.cli.contracts_record",
}


class Verbs(TyperGroup):
    """The verbs by name. The other commands of `sandbox` do not wait for what these import: a database, for one."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        # Names alone: what the help lists, and a mistyped verb is compared with.
        self.commands: MutableMapping[str, Any] = dict.fromkeys(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """The verb's command, its module now imported; None if there is no such verb."""
        if cmd_name not in MODULES:
            return None
        verb = getattr(import_module(MODULES[cmd_name]), cmd_name)
        holder = typer.Typer(callback=lambda: None, rich_markup_mode="markdown")
        if isinstance(verb, typer.Typer):
            holder.add_typer(verb, name=cmd_name)
        else:
            holder.command(cmd_name)(verb)
        return cast(TyperCommand | TyperGroup, typer.main.get_group(holder).commands[cmd_name])


contracts = typer.Typer(
    cls=Verbs,
    help="Contracts between systems: published, compared, checked from both sides, and gated before production.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
