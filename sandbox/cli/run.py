"""`sandbox run`: run a scenario and judge it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.cli.live_options import live_settings, say_trouble, words_of
from sandbox.cli.outcome import outcome
from sandbox.cli.progress import ProgressBar
from sandbox.cli.stopping import StopsBetweenSteps
from sandbox.errors import InputError
from sandbox.records.record import Record
from sandbox.records.record_folder import check_replaceable
from sandbox.runs.library import find_scenario
from sandbox.runs.live_settings import LiveSettings
from sandbox.runs.messages import MessageWitness
from sandbox.runs.own_history import Changes, changed
from sandbox.runs.repeating import repeat_command
from sandbox.runs.request import OnProgress, Progress, RunRequest
from sandbox.runs.scenario import Scenario, load_scenario
from sandbox.runs.scenario_file import Fidelity
from sandbox.shipped import shipped_folder


@told
def run(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A scenario's name (see `sandbox scenarios`) or file.")
    ],
    orders: Annotated[
        str | None,
        typer.Option("--orders", "--history", metavar="CSV", help="Your own order history; needs --mapping."),
    ] = None,
    mapping: Annotated[
        str | None, typer.Option(metavar="FILE", help="What the columns of the history mean (YAML).")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="The first day, such as 2011-11-14; UTC.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="DAY", help="The day after the last one.")] = None,
    design: Annotated[
        str | None, typer.Option(metavar="DESIGN", help="Another design than the scenario's: a name or a file.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="What the run's randomness is derived from.")] = None,
    fidelity: Annotated[
        str | None, typer.Option(metavar="direct|wire", help="wire sends real bytes through each system's HTTP face.")
    ] = None,
    check_determinism: Annotated[
        bool, typer.Option("--check-determinism", help="Run a second time, in another interpreter, and compare.")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="Against real processes, in wall time, instead of in virtual time.")
    ] = False,
    speed: Annotated[
        float | None,
        typer.Option(metavar="N", help="Live: how fast the systems' own time runs [default: it takes minutes]."),
    ] = None,
    stack: Annotated[
        str | None,
        typer.Option(metavar="STACK", help="Live: light, or full with a PostgreSQL and a NATS [default: light]."),
    ] = None,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Live: leave out faults that real processes can't be given.")
    ] = False,
    port_base: Annotated[
        int | None, typer.Option(metavar="PORT", help="Live: the core's port, others above it [default: any free].")
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=URL|FILE", help="Live: yours in the place of erp, wms or carrier; may be repeated."),
    ] = None,
    core: Annotated[
        str | None,
        typer.Option(metavar="CORE", help="Live: reference, or external: yours, which you start [default: reference]."),
    ] = None,
    webhooks_to: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Live: where webhooks for an external core go; /webhooks/SYSTEM is added."),
    ] = None,
    contracts: Annotated[
        bool, typer.Option("--contracts", help="Hold each webhook and event against its published schema, and keep it.")
    ] = False,
    folder: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="The run's own folder [default: runs/SCENARIO-SEED].")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as one JSON object.")] = False,
) -> None:
    """Run a scenario and judge it by the books.

    Ends with 0 when no invariant is violated, every expectation is met (and with --contracts every message keeps its
    schema), 1 when not, 2 for bad input.

    Examples:

        sandbox run peak_week

        sandbox run erp_outage --seed 7 --fidelity wire

        sandbox run normal_day --design nightly_batch

        sandbox run poison_order --contracts

        sandbox run core_crashes --live --stack full

        sandbox run normal_day --live --core external --webhooks-to http://127.0.0.1:3000

        sandbox run peak_week --orders our_orders.csv --mapping our_mapping.yaml --from 2025-11-24
    """
    loaded = load_scenario(find_scenario(scenario))
    changes = Changes(orders, mapping, from_, to, design)
    if changes != Changes():
        loaded = changed(loaded, changes)
    chosen = loaded.seed if seed is None else seed
    place = Path(folder) if folder is not None else Path("runs") / f"{loaded.name}-{chosen}"
    wanted = live_settings(
        live,
        {
            "--speed": speed,
            "--stack": stack,
            "--leave-out": leave_out,
            "--port-base": port_base,
            "--system": system or None,
            "--core": core,
            "--webhooks-to": webhooks_to,
        },
        {"--fidelity": fidelity, "--check-determinism": check_determinism},
    )
    options = {"--orders": orders, "--mapping": mapping, "--from": from_, "--to": to, "--design": design}
    request = RunRequest(
        scenario=loaded,
        seed=chosen,
        fidelity=_fidelity(fidelity, loaded),
        folder=place,
        repeat=repeat_command(
            scenario,
            {**options, "--seed": str(chosen), "--fidelity": fidelity, "--out": folder},
            [*words_of(wanted), *(["--contracts"] if contracts else [])],
        ),
        source=scenario,
        changes=changes,
        check_determinism=check_determinism,
    )
    check_replaceable(place)
    _finish(_executed(request, wanted, witness() if contracts else None, quiet=as_json), as_json)


def witness() -> MessageWitness:
    """Who checks the messages of a run by the published contracts. Raises InputError without the extra."""
    from sandbox.verification.messages.catalogue import Catalogue
    from sandbox.verification.messages.witness import RunWitness

    return RunWitness(Catalogue(shipped_folder("contracts")))


def _fidelity(asked: str | None, scenario: Scenario) -> Fidelity:
    if asked is None:
        return scenario.fidelity
    if asked == "direct":
        return "direct"
    if asked == "wire":
        return "wire"
    raise InputError(f"{asked!r} is no fidelity", field="--fidelity", remedy="direct or wire")


def _executed(request: RunRequest, live: LiveSettings | None, checks: MessageWitness | None, quiet: bool) -> Record:
    execute = _execution(live, checks)
    begun = False
    try:
        with StopsBetweenSteps() as stop, ProgressBar(request.scenario.title, quiet) as bar:

            def hear(progress: Progress) -> None:
                nonlocal begun
                begun = True
                bar.update(progress)
                stop.check()

            return execute(request, hear)
    except KeyboardInterrupt:
        kept = f"What was done is kept in {request.folder}" if begun else "Nothing was run yet, so nothing is kept"
        err.print(f"Stopped. {kept}")
        raise typer.Exit(STOPPED) from None


def _execution(live: LiveSettings | None, checks: MessageWitness | None) -> Callable[[RunRequest, OnProgress], Record]:
    """How it is carried out: a whole world, half a second that --help need not wait for."""
    if live is None:
        from sandbox.runs.execution import execute

        return lambda request, hear: execute(request, hear, checks)
    from sandbox.runs.live_execution import execute_live

    return lambda request, hear: execute_live(request, live, hear, say_trouble, checks)


def _finish(record: Record, as_json: bool) -> None:
    from sandbox.reporting.page import write_report  # matplotlib takes its time

    try:
        report = write_report(record.folder)
    except KeyboardInterrupt:
        err.print(f"Stopped. The record is whole in {record.folder}; `sandbox report` makes its report")
        raise typer.Exit(STOPPED) from None
    if as_json:
        say_json({**record.summary.model_dump(mode="json"), "folder": str(record.folder), "report": str(report)})
    else:
        out.print(outcome(record.summary, report))
    if not record.summary.succeeded:
        raise typer.Exit(FINDINGS)
