"""`sandbox explain`: why a finding fails."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sandbox.cli.console import out, say_json, told
from sandbox.records.order_story import told_time
from sandbox.reporting.wording import plural

if TYPE_CHECKING:
    from sandbox.hunt.explaining.differences import Told
    from sandbox.hunt.explaining.explanation import Explanation


@told
def explain(
    finding: Annotated[Path, typer.Argument(metavar="FINDING", help="A finding's file.")],
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page with the order's life as a picture.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Tell why a finding fails: what it takes, what happened to the order, and where a passing run goes another way.

    The nearest passing run is the same one without one of its faults.

    Ends with 0, or with 2 for bad input, or a finding that does not come about any more.

    Example:

        sandbox explain findings/I2-single-77d0f3a1c9b2.yaml --page finding.html
    """
    sys.path[:0] = [os.getcwd()]
    from sandbox.hunt.explaining.explanation import explained
    from sandbox.hunt.explaining.page import write_page
    from sandbox.hunt.finding import read_finding

    explanation = explained(read_finding(finding))
    if page is not None:
        write_page(explanation, page, str(finding))
    if as_json:
        say_json({**explanation.as_json(), "page": None if page is None else str(page)})
        return
    _say(explanation)
    if page is not None:
        out.print(str(page), markup=False)


def _say(explanation: Explanation) -> None:
    finding, violation = explanation.finding, explanation.violation
    out.print(f"{finding.invariant} {explanation.invariant} is violated ({finding.role}): {escape(violation.message)}")
    out.print(explanation.meaning)
    out.print(f"\nWhat it takes ({plural(len(explanation.orders), 'order')}; {explanation.turns}):")
    for fault in explanation.schedule:
        out.print(f"  {fault.id}  {escape(fault.text)}")
    if not explanation.schedule:
        out.print("  no fault at all")
    out.print()
    out.print(_timeline(explanation))
    _say_difference(explanation)


def _timeline(explanation: Explanation) -> Table:
    violation = explanation.violation
    title = f"What happened to {violation.order or violation.entity}, times in UTC"
    table = Table(title=escape(title), title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("time", no_wrap=True)
    table.add_column("where", no_wrap=True)
    table.add_column("what", overflow="fold")
    for step in explanation.story.steps:
        what = escape(step.text) + (" <- evidence" if step.is_evidence else "")
        table.add_row(told_time(step.at_us), step.lane, what, style="red" if step.is_fault else "")
    return table


def _say_difference(explanation: Explanation) -> None:
    from sandbox.hunt.explaining.page import differences

    parting = explanation.parting
    if parting is None:
        out.print("\nNo run without one of these faults passes")
        return
    out.print(f"\nThe same run without {parting.without} passes. Until {told_time(parting.at_us)} both are the same:")
    for name, one in differences(explanation):
        out.print(f"  {name}")
        out.print(f"    here      {_told(one.failing)}")
        out.print(f"    passing   {_told(one.passing)}")


def _told(entry: Told | None) -> str:
    return "nothing more" if entry is None else f"{told_time(entry.at_us)} {entry.where}: {escape(entry.text)}"
