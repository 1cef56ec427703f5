"""The kill matrix: all mutants, over several processes; then each finding against running processes, one by one."""

from __future__ import annotations

import multiprocessing
import signal
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from tests.campaign.kills import FAILED, FALSE_ALARM, INEXPRESSIBLE, KILLED, Limits, Row, killed

SMALL_ATOMS: Final = 3
"""A finding of so many atoms or fewer is small enough to be read."""

Hear = Callable[[Row], None]


def hunted_rows(numbers: Sequence[str], limits: Limits, workers: int, folder: Path, hear: Hear) -> None:
    """Hunt for each mutant, in a fresh process each; `hear` gets the rows as they come."""
    with _processes(workers) as pool:
        waiting = {pool.submit(killed, number, limits, folder): number for number in numbers}
        for future in as_completed(waiting):
            error = future.exception()
            told = "" if error is None else f"{type(error).__name__}: {error}"
            hear(Row(waiting[future], FAILED, reason=told) if error is not None else future.result())


@contextmanager
def _processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _begin, (list(sys.path),), max_tasks_per_child=1)
    try:
        yield pool
    except BaseException:
        processes = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        raise
    pool.shutdown()


def _begin(path: list[str]) -> None:
    """Ctrl-C is for the one who asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[:] = path


def figures_of(rows: Sequence[Row]) -> dict[str, Any]:
    """What the rows come to, with what is aimed at: shares of one, seconds of one core."""
    hunted = [row for row in rows if row.status != INEXPRESSIBLE]
    killed_rows = [row for row in rows if row.status == KILLED]
    small = [row for row in killed_rows if row.atoms is not None and row.atoms <= SMALL_ATOMS]
    asked = [row for row in killed_rows if row.live not in (None, "not expressible")]
    confirmed = [row for row in asked if row.live == "confirmed"]
    return {
        "catalogue": len(rows),
        "planted": len(hunted),
        "killed": len(killed_rows),
        "false_alarms": sum(row.status == FALSE_ALARM for row in rows),
        "small_share": _share(len(small), len(killed_rows)),
        "median_seconds": statistics.median(row.seconds for row in killed_rows) if killed_rows else None,
        "median_runs": statistics.median(row.runs for row in killed_rows) if killed_rows else None,
        "live_expressible": len(asked),
        "live_confirmed_share": _share(len(confirmed), len(asked)),
    }


def say(console: Console, rows: Sequence[Row]) -> None:
    """The matrix as a table, and what it comes to."""
    table = Table(title="Kill matrix", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("mutant", "status", "invariant", "stage"):
        table.add_column(column, no_wrap=True)
    for column in ("runs", "core s", "atoms", "orders"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("live", no_wrap=True)
    table.add_column("why", overflow="fold")
    for row in rows:
        counts = (row.runs, row.seconds, row.atoms, row.orders)
        cells = (row.mutant, row.status, row.invariant, row.stage, *counts, row.live, row.reason)
        table.add_row(*("" if cell is None else str(cell) for cell in cells))
    console.print(table)
    told = figures_of(rows)
    console.print(f"{told['killed']} of {told['catalogue']} killed (aim: all), {told['false_alarms']} false alarms")
    console.print(f"{_percent(told['small_share'])} shrunk to {SMALL_ATOMS} atoms or fewer (aim: 95%)")
    console.print(f"median {told['median_seconds']} s of one core, {told['median_runs']} runs (aim: under 10 s)")
    live = f"{_percent(told['live_confirmed_share'])} of {told['live_expressible']} that a live run can express"
    console.print(f"{live} confirmed live (aim: 90%)")


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.0f}%"
