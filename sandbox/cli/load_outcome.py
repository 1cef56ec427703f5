"""What a loaded run came to, on the console."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sandbox.records.load_result import LoadResult
from sandbox.records.summary import Summary

_FINDINGS_SHOWN = 10
_MB = 1_000_000


def load_outcome(result: LoadResult, summary: Summary, report: Path) -> Group:
    """Orders first, then what clients felt, what it took, and where to read on."""
    parts: list[RenderableType] = [_headline(result, summary), _orders(result), _operations(result)]
    if result.starts is not None:
        parts.append(_starts(result))
    parts.append(_processes(result))
    parts.append(Text(f"Saturated first: {result.saturated_first or 'nothing'}"))
    if result.is_crowded:
        taken = f"{result.cores_of_others:.2f} of the machine's {result.cores} cores"
        parts.append(
            Text(f"Others took {taken} in the mean: latencies and what was full show their work, too", "yellow")
        )
    if summary.findings:
        parts.append(_findings(summary))
    parts.append(Text(f"Report: {report}\nRepeat: {summary.repeat}"))
    return Group(*parts)


def _headline(result: LoadResult, summary: Summary) -> Text:
    orders = result.orders
    gone = orders.lost + orders.forgotten
    violated = [found.id for found in summary.invariants if found.verdict == "violated"]
    told = f"{orders.accepted:,} orders, {gone:,} lost; " + (
        f"{' '.join(violated)} violated" if violated else "no invariant violated"
    )
    fine = not gone and not violated
    if fine and result.outcome == "void":
        return Text(f"{told}. The latencies are void: {result.starts.void if result.starts else ''}", "bold yellow")
    return Text(told, style="bold green" if fine else "bold red")


def _orders(result: LoadResult) -> Text:
    o = result.orders
    settled = "not settled in time" if result.settled_s is None else f"settled after {result.settled_s:g} s"
    return Text(
        f"Confirmed {o.confirmed:,}, in the shop's books {o.accepted:,}, at the ERP {o.at_erp:,}, "
        f"shipped {o.shipped:,}, invoiced {o.invoiced:,}, cancelled {o.cancelled:,}, held for credit {o.held:,}, "
        f"before a person {o.excepted:,}; {settled}"
    )


def _operations(result: LoadResult) -> Table:
    table = Table("operation", title="What clients felt, ms", title_justify="left")
    for name in ("calls", "a second", "failed", "p50", "p95", "p99", "p99.9", "service p99"):
        table.add_column(name, justify="right")
    for op in result.operations:
        latency = op.latency_ms
        times = (latency.p50, latency.p95, latency.p99, latency.p99_9, op.service_ms.p99)
        shown = ["–" if value is None else f"{value:,.1f}" for value in times]
        table.add_row(op.operation, f"{op.calls:,}", f"{op.per_s:,.1f}", f"{op.failed:,}", *shown)
    return table


def _starts(result: LoadResult) -> Text:
    starts = result.starts
    assert starts is not None
    return Text(
        f"{starts.planned:,} planned starts, {starts.late:,} late, {starts.dropped:,} dropped, 99 of 100 within "
        f"{starts.lateness_ms_p99 or 0:.1f} ms of their plan"
    )


def _processes(result: LoadResult) -> Table:
    table = Table("process", title="What it took", title_justify="left")
    for name in ("cores", "most", "MB at first", "at last", "most", "MB an hour", "restarts"):
        table.add_column(name, justify="right")
    for part in result.parts:
        slope = part.growth_bytes_per_hour
        memory = (part.memory_first_bytes, part.memory_last_bytes, part.memory_peak_bytes)
        table.add_row(
            part.name,
            f"{part.cpu_mean:.2f}",
            f"{part.cpu_peak:.2f}",
            *(f"{one / _MB:,.1f}" for one in memory),
            "–" if slope is None else f"{slope / _MB:+,.1f}",
            f"{part.restarts}",
        )
    return table


def _findings(summary: Summary) -> Table:
    table = Table("", "order", "what", title="Findings", title_justify="left")
    for found in summary.findings[:_FINDINGS_SHOWN]:
        table.add_row(found.invariant, found.order or found.entity, escape(found.message))
    more = len(summary.findings) - _FINDINGS_SHOWN
    if more > 0:
        table.add_row("", "", f"and {more:,} more, in the report")
    return table
