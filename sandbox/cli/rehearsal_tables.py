"""How the console tells of a rehearsal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sandbox.reporting.wording import moment
from sandbox.verification.diff.changes import Severity
from sandbox.verification.outcome import Verdict
from sandbox.verification.rehearsal.impact import Impact
from sandbox.verification.rehearsal.page import first_exception, headline, healing_in_words, orders_in_words
from sandbox.verification.rehearsal.rehearsal import Rehearsal

_MOST = 8


def say(found: Rehearsal, out: Console) -> None:
    """Print all that a person wants to know first."""
    whole = found.whole
    if whole is None:
        out.print(Text("Nothing was rehearsed yet"))
        return
    until = f"to {moment(whole.until_us)}" if whole.rolled_back else "and is never rolled back"
    rehearsed = len(found.plan.rehearsed)
    out.print(Text(f"{found.title}: {found.system} speaks {found.plan.new} from {moment(whole.at_us)} {until}"))
    out.print(
        Text(f"{len(found.plan.changes)} changes, {rehearsed} of them on the wire, {len(whole.met)} of these met")
    )
    if whole.breaks:
        _say_impact(whole, out)
    else:
        told = headline(found)
        out.print(
            Text(told[:1].upper() + told[1:], style="bold green" if found.verdict is Verdict.PASS else "bold red")
        )
    if found.each:
        out.print(_ranking(found))
    _say_untested(found, out)


def _say_impact(whole: Impact, out: Console) -> None:
    blast = whole.blast
    out.print(Text(f"Breaks: {', '.join(whole.flows) or 'no flow, but see the exceptions'}", style="bold red"))
    out.print(_steps(whole))
    when = "at roll-back" if whole.rolled_back else "at the end"
    out.print(Text(f"Stuck {when}: {orders_in_words(blast.stuck)}"))
    if blast.waiting_for:
        out.print(Text("  waiting to be: " + ", ".join(f"{name} ({n})" for name, n in blast.waiting_for.items())))
    out.print(Text(f"Late in the end: {orders_in_words(blast.late)}"))
    out.print(Text(f"Never done: {orders_in_words(blast.lost)}"))
    first = first_exception(whole)
    out.print(Text(f"First exception: {f'surfaced {first} after the change' if first else 'none was surfaced'}"))
    for cause in whole.exceptions:
        out.print(Text(f"  {cause.count} x {cause.cause}, {cause.open} still open: {cause.example}"))
    for broken in whole.invariants:
        out.print(
            Text(f"Violated: {broken.id} {broken.name}, {broken.violations} times: {broken.example}", style="red")
        )
    for struck in whole.calls[:_MOST]:
        out.print(Text(f"  {struck.count:,} x {struck.done}: {struck.operation}", style="dim"))
    out.print(Text(healing_in_words(whole), style="bold"))


def _steps(whole: Impact) -> Table:
    behind = "behind at roll-back" if whole.rolled_back else "behind at the end"
    table = Table("flow", "step", "expected", behind, "late", "never", box=None, padding=(0, 2, 0, 0))
    for one in whole.blast.steps:
        style = "bold" if one.breaks else "dim"
        counts = [f"{n:,}" if n else "" for n in (one.expected, one.behind, one.late, one.lost)]
        table.add_row(one.step.flow, one.step.name, *counts, style=style)
    return table


def _ranking(found: Rehearsal) -> Table:
    table = Table("change", "what", "stuck", "never done", "first exception", "heals", box=None, padding=(0, 2, 0, 0))
    for planned, impact in found.each:
        table.add_row(
            planned.id,
            Text(planned.words, overflow="fold"),
            orders_in_words(impact.blast.stuck) if impact.breaks else "",
            f"{impact.blast.lost.count:,}" if impact.blast.lost.count else "",
            first_exception(impact),
            {True: "yes", False: "no", None: ""}[impact.healed] if planned.id in impact.met else "never met",
            style="bold" if impact.breaks else "dim",
        )
    return table


def _say_untested(found: Rehearsal, out: Console) -> None:
    for one in found.plan.not_expressed:
        style = "yellow" if one.change.severity is not Severity.SAFE else "dim"
        out.print(Text(f"Not tested: {one.id} {one.words}: {one.reason}", style=style))
    for one in found.untried:
        out.print(Text(f"Not tested: {one.id} {one.words}: nobody called it while it held", style="yellow"))
