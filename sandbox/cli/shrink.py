"""`sandbox shrink`: the smallest trial that still fails in the same way."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sandbox import durations
from sandbox.cli.console import STOPPED, err, out, say_json, told
from sandbox.cli.stopping import StopsBetweenSteps
from sandbox.errors import InputError
from sandbox.reporting.wording import plural

if TYPE_CHECKING:
    from sandbox.hunt.finding import Finding
    from sandbox.hunt.making_small import Small
    from sandbox.hunt.shrinking.attempts import Progress


@told
def shrink(
    finding: Annotated[Path, typer.Argument(metavar="FINDING", help="A finding's file, as `sandbox hunt` keeps it.")],
    budget: Annotated[str, typer.Option(metavar="TIME", help="How long at most.")] = "2m",
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where it is kept [default: beside FINDING].")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the small finding as one JSON object.")] = False,
) -> None:
    """Make a finding small: fewer faults, orders and items, canonical times, and prove that nothing can be left out.

    The same failure is the same invariant and role. The small finding is kept as a file of its own, with a page that
    explains it, and says how the reference core bears the same trial. Ctrl-C keeps the smallest so far, without a page.

    Ends with 0, or with 2 for bad input, or a finding that does not come about any more.

    Example:

        sandbox shrink findings/I4-wasted-2f6a0c51b3de.yaml
    """
    sys.path[:0] = [os.getcwd()]
    from sandbox.hunt.finding import read_finding
    from sandbox.hunt.making_small import made_small

    budget_s = seconds_of(budget)
    found = read_finding(finding)
    with heard(quiet=as_json) as hear:
        small = made_small(found, finding.parent if folder is None else folder, budget_s, hear)
        page = with_page(small)
    if as_json:
        say_json({"file": str(small.file), "page": None if page is None else str(page), **small.finding.as_written()})
    else:
        say(small.finding)
        for path in filter(None, (small.file, page)):
            out.print(str(path), markup=False)
    if page is None:
        err.print("Stopped: this is the smallest so far" if small.stopped else "Stopped before its page was whole")
        raise typer.Exit(STOPPED)


@contextmanager
def heard(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """What is to hear of a shrinking's progress: a line on stderr unless `quiet`, and Ctrl-C between two runs."""
    with StopsBetweenSteps() as stop, err.status("making it small") as status:
        if quiet:
            status.stop()

        def hear(progress: Progress) -> None:
            status.update(_in_one_line(progress))
            stop.check()

        yield hear


def with_page(small: Small) -> Path | None:
    """Write the page of a small finding beside its file; None where somebody stopped it. Raises InputError."""
    from sandbox.hunt.explaining.explanation import explained
    from sandbox.hunt.explaining.page import write_page

    page = small.file.with_suffix(".html")
    try:
        if small.stopped:
            return None
        write_page(explained(small.finding), page, str(small.file))
    except KeyboardInterrupt:
        return None
    return page


def _in_one_line(progress: Progress) -> str:
    """What it is about, how many runs so far, and what is left."""
    orders = "all orders" if progress.orders is None else f"{progress.orders} orders"
    return f"making it small ({progress.about}): {progress.runs} runs, {progress.atoms} faults, {orders} left"


def seconds_of(budget: str) -> float:
    """The budget in seconds. Raises InputError."""
    try:
        return durations.parse(budget) / 1_000_000
    except ValueError as error:
        raise InputError(str(error), field="--budget") from None


def say(finding: Finding) -> None:
    """The small finding, and the table that shows that it is 1-minimal."""
    from sandbox.hunt.reference import blame

    minimality = finding.minimality
    out.print(f"{finding.invariant} violated ({finding.role}): {escape(finding.message)}")
    if (whose := blame(finding)) is not None:
        out.print(whose)
    if minimality is None:
        return
    now = finding.trial
    orders = minimality.orders_before if now.orders is None else len(now.orders)
    out.print(
        f"{plural(minimality.atoms_before, 'fault')} and {plural(minimality.orders_before, 'order')}, "
        f"shrunk to {len(now.atoms)} and {orders} in {plural(minimality.runs, 'run')}"
    )
    if not minimality.complete:
        out.print("The budget was spent before it was shown that nothing more can be left out")
        return
    table = Table(title="Without any one of these", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("part", "what", "then it"):
        table.add_column(column, overflow="fold")
    for removal in minimality.removals:
        table.add_row(escape(removal.without), escape(removal.text), removal.verdict)
    out.print(table)
