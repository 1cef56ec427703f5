"""`load.html`: one page of a loaded run, what its clients felt beside what the books say."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from sandbox.records.load_result import LoadResult, ProcessResult
from sandbox.records.record import Record
from sandbox.records.record_folder import unwritten
from sandbox.records.summary import Summary
from sandbox.reporting.charts.load import machines, traffic
from sandbox.reporting.charts.svg import chart_style, inline_svg
from sandbox.reporting.invariant_words import MEANINGS, SIGNS
from sandbox.reporting.templates import rendered
from sandbox.reporting.wording import joined, plural
from sandbox.whole_files import write_whole

LOAD_PAGE: Final = "load.html.j2"
LOAD_REPORT_FILE: Final = "load.html"


def write_load_report(folder: Path) -> Path:
    """Write `load.html` into a loaded run's folder, whole or not at all; its path.

    Raises InputError where the folder holds no readable run or a template is wrong, RecordError where the page cannot
    be written.
    """
    result, summary = LoadResult.read(folder), Record.open(folder).summary
    with chart_style():
        drawn = {
            "traffic": inline_svg(traffic(result), "traffic", _told_traffic(result)) if result.moments else Markup(),
            "machines": inline_svg(machines(result), "machines", _told_parts(result)) if result.parts else Markup(),
        }
    tone, headline = load_headline(result, summary)
    page = rendered({**_contents(result, summary), "charts": drawn, "tone": tone, "headline": headline}, LOAD_PAGE)
    path = folder / LOAD_REPORT_FILE
    try:
        write_whole(path, page)
    except OSError as error:
        raise unwritten(path, error) from None
    return path


def load_headline(result: LoadResult, summary: Summary) -> tuple[str, str]:
    """A tone and one sentence: lost orders first, then violated invariants, then whether the load was what it says."""
    orders = result.orders
    gone = orders.lost + orders.forgotten
    violated = [found.id for found in summary.invariants if found.verdict == "violated"]
    if gone:
        return "violated", f"{plural(gone, 'order')} of {orders.accepted + orders.forgotten:,} lost under load"
    if violated:
        return "violated", f"no order lost, but {joined(violated)} violated under load"
    if result.starts is not None and result.starts.void:
        return "unknown", "no order lost; the latencies are void: the load was not what was planned"
    return "pass", f"{plural(orders.accepted, 'order')} under load, none lost"


def _contents(result: LoadResult, summary: Summary) -> dict[str, Any]:
    return {"result": result, "summary": summary, "signs": SIGNS, "meanings": MEANINGS}


def _told_traffic(result: LoadResult) -> str:
    calls = sum(operation.calls for operation in result.operations)
    each = [f"{op.operation}: p50 {op.latency_ms.p50} ms, p99 {op.latency_ms.p99} ms" for op in result.operations]
    return f"{calls:,} calls over {result.minutes:g} minutes. {'; '.join(each)}."


def _told_parts(result: LoadResult) -> str:
    def told(part: ProcessResult) -> str:
        return f"{part.name}: {part.cpu_mean:.2f} cores, at most {part.memory_peak_bytes / 1e6:.0f} MB"

    return "Processors and memory over time. " + "; ".join(map(told, result.parts)) + "."
