"""`sandbox load`: load a live landscape with Locust, and judge the same run by the books."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.cli.load_outcome import load_outcome
from sandbox.cli.progress import ProgressBar
from sandbox.core.design import load_design_file
from sandbox.errors import InputError
from sandbox.records.load_result import LoadResult
from sandbox.records.record import Record
from sandbox.records.record_folder import check_replaceable
from sandbox.runs.library import find_design, find_scenario
from sandbox.runs.scenario import Scenario, load_scenario

if TYPE_CHECKING:
    from sandbox.load.request import LoadRequest

VOID = 3


@told
def load(
    shape: Annotated[
        str | None, typer.Argument(metavar="SHAPE", help="steady, ramp, steps, spike or spikes; none with --worker.")
    ] = None,
    users: Annotated[
        int | None, typer.Option(metavar="N", help="So many at the peak, who wait for their answers.")
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(metavar="ORDERS", help="So many orders a second at the peak, planned: nobody waits (open loop)."),
    ] = None,
    minutes: Annotated[float, typer.Option(metavar="M", help="How long there is load.")] = 5.0,
    speed: Annotated[
        float | None, typer.Option(metavar="N", help="How fast the systems' time runs [default: 60 at most].")
    ] = None,
    stack: Annotated[
        str, typer.Option(metavar="STACK", help="light, or full: the core on PostgreSQL and NATS.")
    ] = "light",
    workers: Annotated[
        int, typer.Option(metavar="N", help="How many core processes share the orders, as `sandbox up` has it.")
    ] = 1,
    scenario: Annotated[
        str, typer.Option(metavar="SCENARIO", help="Whose systems and design; its orders are replaced by the load's.")
    ] = "normal_day",
    design: Annotated[
        str | None, typer.Option(metavar="DESIGN", help="The core's, a name or a file [default: the scenario's].")
    ] = None,
    faults: Annotated[
        str | None, typer.Option(metavar="SCENARIO", help="Carry out this scenario's faults meanwhile.")
    ] = None,
    kill: Annotated[
        list[str] | None,
        typer.Option(metavar="PART=N", help="kill -9 this process N times meanwhile: core, erp, postgres, nats …"),
    ] = None,
    processes: Annotated[int, typer.Option(metavar="N", help="How many of Locust's worker processes.")] = 1,
    master: Annotated[
        bool, typer.Option("--master", help="Let Locust's workers come by themselves, with --expect-workers.")
    ] = False,
    expect_workers: Annotated[int, typer.Option(metavar="N", min=1, help="How many workers the master waits for.")] = 1,
    worker: Annotated[bool, typer.Option("--worker", help="Be a worker of the master at --master-host.")] = False,
    master_host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where a worker's master is.")] = "127.0.0.1",
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where the systems and the master listen, for other machines.")
    ] = "127.0.0.1",
    seed: Annotated[int | None, typer.Option(min=0, help="What all randomness is derived from.")] = None,
    port_base: Annotated[int, typer.Option(metavar="PORT", help="As `sandbox up` has it.")] = 8100,
    folder: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="The run's own folder [default: runs/load-SHAPE].")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Load a live landscape, and judge the same run by the books: how fast it was, and whether an order was lost.

    With --users people place orders, ask how far they are, and look at stock; partners poll. They wait for answers,
    so a slow system is asked less. With --rate arrivals are planned beforehand, and latency counts from the plan.
    Everything is on 127.0.0.1, unless --host says otherwise. Locust comes with 'distribution-erp-sandbox[load]'.

    Ends with 0 when no invariant is violated and no order lost, 1 when not, 2 for bad input, 3 when the books are in
    order but starts were late or dropped, so that the latencies are void.

    Examples:

        sandbox load spike --users 100 --minutes 5

        sandbox load steady --rate 5 --minutes 10 --stack full --kill core=3 --kill nats=1

        sandbox load ramp --rate 20 --faults lost_replies --processes 2

        sandbox load ramp --rate 200 --master --expect-workers 2 --host 10.0.0.1    # and there, twice:

        sandbox load --worker --master-host 10.0.0.1
    """
    from sandbox.load.locust_command import Master
    from sandbox.load.request import LoadRequest, usual_speed  # what serves takes its time to import
    from sandbox.load.shapes import find_shape
    from sandbox.load.worker import work

    if worker:
        raise typer.Exit(work(Master(master_host), os.environ))
    if expect_workers > 1 and not master:
        remedy = "give --master, too; or --processes for workers that are started here"
        raise InputError("nobody waits for workers", field="--expect-workers", remedy=remedy)
    chosen = find_shape(shape or "")
    loaded = load_scenario(find_scenario(scenario))
    if design is not None:
        loaded = replace(loaded, design=load_design_file(find_design(design)))
    request = LoadRequest(
        scenario=_with_faults(loaded, faults),
        shape=chosen,
        minutes=minutes,
        users=users,
        orders_per_s=rate,
        seed=loaded.seed if seed is None else seed,
        speed=usual_speed(minutes) if speed is None else speed,
        stack=stack,
        folder=Path(folder) if folder is not None else Path("runs") / f"load-{chosen.name}",
        repeat=shlex.join(["sandbox", *sys.argv[1:]]),
        port_base=port_base,
        host=host,
        workers=workers,
        processes=processes,
        expect_workers=expect_workers if master else 0,
        faulty=faults is not None,
        kills=_kills(kill or ()),
    )
    check_replaceable(request.folder)
    _finish(_carried_out(request, quiet=as_json), as_json)


def _with_faults(scenario: Scenario, faults: str | None) -> Scenario:
    return scenario if faults is None else replace(scenario, faults=load_scenario(find_scenario(faults)).faults)


def _kills(written: Sequence[str]) -> dict[str, int]:
    kills: dict[str, int] = {}
    for one in written:
        part, _, count = one.partition("=")
        if not part or not count.isdigit() or not 0 < int(count) <= 1000:
            raise InputError(f"{one!r} can't be", field="--kill", remedy="write core=10: which, and how often")
        kills[part] = int(count)
    return kills


def _carried_out(request: LoadRequest, quiet: bool) -> Record:
    from sandbox.load.run import LoadedRun

    run = LoadedRun(request)
    try:
        with ProgressBar(f"{request.shape.name} load", quiet) as bar:
            return asyncio.run(_until_stopped(run.go(bar.update)))
    except (KeyboardInterrupt, asyncio.CancelledError):
        err.print("Stopped; no process is left")
        raise typer.Exit(STOPPED) from None


async def _until_stopped(going: Coroutine[Any, Any, Record]) -> Record:
    """SIGTERM ends it as Ctrl-C does: in order."""
    task = asyncio.ensure_future(going)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def _finish(record: Record, as_json: bool) -> None:
    from sandbox.reporting.load_page import write_load_report  # matplotlib takes its time
    from sandbox.reporting.page import write_report

    result = LoadResult.read(record.folder)
    write_report(record.folder)
    report = write_load_report(record.folder)
    if as_json:
        verdicts = {found.id: found.verdict for found in record.summary.invariants}
        shown = result.model_dump(mode="json", exclude={"moments": True, "parts": {"__all__": {"points"}}})
        say_json({**shown, "verdicts": verdicts, "folder": str(record.folder), "report": str(report)})
    else:
        out.print(load_outcome(result, record.summary, report))
    if not record.summary.succeeded or result.outcome == "lost":
        raise typer.Exit(FINDINGS)
    if result.outcome == "void":
        raise typer.Exit(VOID)
