"""`sandbox contracts rules`: what contracts are compared by."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from sandbox.cli.console import out, say_json, told
from sandbox.verification.diff.rule_pages import write_pages
from sandbox.verification.diff.rules.rule import Rule
from sandbox.verification.diff.rules.table import RULES, rule_of


@told
def rules(
    rule: Annotated[
        str | None, typer.Argument(metavar="[RULE]", help="Tell one, by the id that findings show.")
    ] = None,
    pages: Annotated[Path | None, typer.Option(metavar="DIR", help="Instead, write a page for each into DIR.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as one JSON object.")] = False,
) -> None:
    """List the rules of `sandbox contracts diff`, or tell one with its reason and source.

    Examples:

        sandbox contracts rules

        sandbox contracts rules response-property-enum-value-added
    """
    if pages is not None:
        write_pages(pages)
        out.print(f"{pages}: {len(RULES)} rules", markup=False)
        return
    listed = RULES if rule is None else (rule_of(rule),)
    if as_json:
        say_json({"rules": [asdict(one) for one in listed]})
    elif rule is not None:
        _tell(listed[0])
    else:
        table = Table("rule", "request", "response", "what", box=None, padding=(0, 2, 0, 0))
        for one in listed:
            table.add_row(one.name, one.request or "", one.response or "", Text(one.what))
        out.print(table)


def _tell(rule: Rule) -> None:
    levels = ((way, level) for way, level in (("request", rule.request), ("response", rule.response)) if level)
    lines = (rule.what, rule.why, ", ".join(f"{way}: {level}" for way, level in levels), f"Source: {rule.source}.")
    out.print(Text("\n".join((rule.name, *lines))))
