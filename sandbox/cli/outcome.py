"""What a run came to, on the console: verdicts first, then figures, expectations, and where to read on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sandbox.cli.contract_outcome import contract_outcome
from sandbox.records.order_story import told_time
from sandbox.records.summary import Summary
from sandbox.reporting.wording import plural
from sandbox.runs.figure_names import figure_names

KEY_FIGURES = (
    "orders accepted",
    "perfect order share",
    "order to ship p50",
    "order to ship p95",
    "order to cash p50",
    "order to cash p95",
    "inventory sync lag p95",
    "invoice delay p95",
    "exceptions",
    "duplicates absorbed",
    "calls per order",
    "peak in flight at erp",
)
_COLOURS = {"pass": "green", "violated": "bold red", "unknown": "yellow"}
_FINDINGS_SHOWN = 10


def outcome(summary: Summary, report: Path | None) -> Group:
    """Everything that `sandbox run` says at the end."""
    parts: list[RenderableType] = [_headline(summary), _verdicts(summary)]
    if summary.findings:
        parts.append(_findings(summary))
    if summary.demand.get("set_aside"):
        parts.append(_history(summary.demand))
    if summary.contracts is not None:
        parts += contract_outcome(summary.contracts)
    if summary.books:
        parts.append(_books(summary))
    if summary.figures:
        parts.append(_figures(summary))
    if summary.faults:
        parts.append(_faults(summary))
    if summary.expectations:
        parts.append(_expectations(summary))
    return Group(*parts, *_where_to_read_on(summary, report))


def _headline(summary: Summary) -> Text:
    if not summary.finished:
        return Text(f"{summary.title}: not finished, {summary.interrupted}", style="bold yellow")
    violated = sum(found.verdict == "violated" for found in summary.invariants)
    missed = sum(not found.passed for found in summary.expectations)
    told = [f"{plural(violated, 'invariant')} violated" if violated else "no invariant violated"]
    told.append(f"{plural(missed, 'expectation')} missed" if missed else "every expectation met")
    if summary.contracts is not None and not summary.contracts.kept:
        told.append("messages break their contracts" if summary.contracts.tested else "no message was checked")
    if summary.deterministic is not None:
        told.append("repeats exactly" if summary.deterministic else "DOES NOT REPEAT: another interpreter differs")
    style = "bold green" if summary.succeeded else "bold red"
    return Text(f"{summary.title}: {', '.join(told)}", style=style)


def _verdicts(summary: Summary) -> Table:
    table = Table("", "invariant", "verdict", title="Verdicts, by the books", title_justify="left")
    for name in ("checked", "violations", "excused"):
        table.add_column(name, justify="right")
    for found in summary.invariants:
        counts = [f"{count:,}" for count in (found.checked, found.violations, found.excused)]
        table.add_row(found.id, found.name, Text(found.verdict, style=_COLOURS[found.verdict]), *counts)
        for told, reasons in (("not judged", found.unknown), ("not tried here", found.untried)):
            if reasons:
                table.add_row("", Text(f"  {told}: {'; '.join(reasons)}", style="dim"))
    return table


def _findings(summary: Summary) -> Table:
    table = Table("", "order", "when", "what", title="Findings", title_justify="left")
    for found in summary.findings[:_FINDINGS_SHOWN]:
        table.add_row(found.invariant, found.order or found.entity, told_time(found.at_us), escape(found.message))
    more = len(summary.findings) - _FINDINGS_SHOWN
    if more > 0:
        table.add_row("", "", "", f"and {more:,} more, in the report")
    return table


def _history(account: Mapping[str, Any]) -> Table:
    """What became of every line of an order history; the report says more of each category."""
    title = f"{account['source']}: {account['rows']:,} lines, {account['orders']:,} orders"
    table = Table("", "what became of every line", title=title, title_justify="left")
    table.add_column("lines", justify="right")
    for label, part in (("taken", "taken"), ("set aside", "set_aside")):
        for tally in account[part]:
            table.add_row(label, f"{tally['name']}: {tally['meaning']}", f"{tally['lines']:,}")
            label = ""
    return table


def _books(summary: Summary) -> Table:
    """Whether any two books differ at the end, and why."""
    table = Table("", "books held against each other", title="Books, at the end", title_justify="left")
    for name in ("compared", "differ", "without a reason"):
        table.add_column(name, justify="right")
    for found in summary.books:
        mark = Text("DIFFER", style="bold red") if found.unexplained else Text("agree", style="green")
        if not found.compared:
            mark = Text("no entries", style="yellow")
        counts = [f"{count:,}" for count in (found.compared, found.differences, found.unexplained)]
        table.add_row(mark, found.name, *counts)
        for reason, count in found.explained.items():
            table.add_row("", f"  {escape(reason)}", "", f"{count:,}", "")
        for example in found.examples:
            table.add_row("", f"  {escape(example)}", "", "", "")
    return table


def _figures(summary: Summary) -> Table:
    table = Table("figure", title="Key figures", title_justify="left")
    table.add_column("value", justify="right")
    names = figure_names()
    for name in KEY_FIGURES:
        value = names[name].value(summary)
        if value is not None:
            table.add_row(name, names[name].told(value))
    return table


def _faults(summary: Summary) -> Table:
    table = Table("", "fault", title="Faults carried out", title_justify="left")
    table.add_column("struck", justify="right")
    for fault in summary.faults:
        table.add_row(fault.id, escape(fault.text), f"{fault.fired:,}")
    return table


def _expectations(summary: Summary) -> Table:
    table = Table("", "expected", "seen", title="Expectations", title_justify="left")
    for found in summary.expectations:
        mark = Text("met", style="green") if found.passed else Text("missed", style="bold red")
        table.add_row(mark, escape(found.text), escape(found.actual))
    return table


def _where_to_read_on(summary: Summary, report: Path | None) -> Iterator[Text]:
    if summary.wall_seconds:
        days, calls = summary.virtual_seconds / 86_400, summary.remote_calls
        yield Text(f"{days:.1f} {_days_of(summary)}, {calls:,} remote calls, {summary.wall_seconds:.1f} s")
    if summary.live is not None:
        for name, why in summary.live.left_out.items():
            yield Text(f"Left out: {name}, {why}", style="yellow")
        yield Text(f"Logs: {summary.live.folder}/logs")
    if report is not None:
        yield Text(f"Report: {report}")
    yield Text(f"Repeat: {summary.repeat}")


def _days_of(summary: Summary) -> str:
    """Which days those were."""
    return "virtual days" if summary.live is None else f"live days at {summary.live.speed:g} times life's speed"
