"""`sandbox up`: have the systems and the core up as real processes."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from sandbox import durations
from sandbox.cli.console import FINDINGS, err, out, say_json, told
from sandbox.errors import InputError
from sandbox.runs.library import find_design, find_scenario
from sandbox.runs.scenario import load_scenario

if TYPE_CHECKING:
    from sandbox.runs.live_landscape import LiveLandscape
    from sandbox.worlds.live.supervisor import What

_SAID = ("died", "given-up", "silent", "killed")


@told
def up(
    only: Annotated[
        str | None, typer.Option(metavar="SYSTEMS", help="Only these, such as erp,wms, without the core.")
    ] = None,
    speed: Annotated[float, typer.Option(metavar="N", help="How fast the systems' own time runs.")] = 1.0,
    core: Annotated[bool, typer.Option("--core/--no-core", help="Whether the sync core is there, too.")] = True,
    design: Annotated[
        str | None, typer.Option(metavar="DESIGN", help="The core's, a name or a file [default: the scenario's].")
    ] = None,
    stack: Annotated[
        str,
        typer.Option(
            metavar="STACK",
            help="light: the core's journal and events in the folder; full: in a PostgreSQL and a NATS of its own.",
        ),
    ] = "light",
    workers: Annotated[
        int,
        typer.Option(metavar="N", help="How many processes share the core's work; several need --stack full."),
    ] = 1,
    scenario: Annotated[
        str, typer.Option(metavar="SCENARIO", help="Whose opening balances and settings they have.")
    ] = "normal_day",
    seed: Annotated[int | None, typer.Option(min=0, help="What all randomness is derived from.")] = None,
    start: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="What their clock shows at first, such as 2011-11-14T08:00 [default: now]."),
    ] = None,
    port_base: Annotated[
        int,
        typer.Option(
            metavar="PORT", help="The core's; systems listen from 1 above, servers from 6, admin APIs from 11."
        ),
    ] = 8100,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where the systems listen; admin APIs stay on loopback.")
    ] = "127.0.0.1",
    webhooks_to: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where webhooks go; /webhooks/SYSTEM is added [default: the port base]."),
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=URL|FILE", help="Yours in the place of erp, wms or carrier; may be repeated."),
    ] = None,
    folder: Annotated[str, typer.Option("--out", metavar="DIR", help="For logs, tokens and books.")] = "runs/live",
    for_: Annotated[
        str | None, typer.Option("--for", metavar="TIME", help="Stop by itself after, say, 10s or 2h.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is up as one JSON object.")] = False,
) -> None:
    """Have the mock systems and the sync core up as real processes, until Ctrl-C.

    Each serves its API with /docs, and an admin API on a port of its own: reset, snapshots, faults, facts, clock,
    metrics. With OTEL_EXPORTER_OTLP_ENDPOINT in the environment all send the spans of each order there.
    Tokens come from the environment; those that it lacks are drawn, and all are written to tokens.env in the folder. A
    process that dies is started again, with its books. Ends with 0 when it was stopped, 1 when one died too often,
    2 for bad input.

    Examples:

        sandbox up --speed 60

        sandbox up --no-core --webhooks-to http://127.0.0.1:3000

        sandbox up --stack full --workers 2 --speed 60

        sandbox up --only erp,wms --port-base 9100 --start 2011-11-14T08:00

        sandbox up --system erp=https://erp.example.com/api
    """
    from sandbox.runs.live_foreign import foreign_systems
    from sandbox.runs.live_landscape import LiveRequest, planned  # what serves takes its time to import

    loaded = load_scenario(find_scenario(scenario))
    with_core = core and not only
    request = LiveRequest(
        scenario=loaded,
        seed=loaded.seed if seed is None else seed,
        folder=Path(folder),
        only=tuple(part.strip() for part in only.split(",")) if only else (),
        speed=speed,
        start_us=None if start is None else _moment_us(start),
        port_base=port_base,
        host=host,
        webhooks_to=None if webhooks_to is None else webhooks_to.rstrip("/"),
        design=find_design(design or loaded.design.name) if with_core else None,
        stack=stack,
        workers=workers,
        foreign=foreign_systems(system or (), os.environ),
    )
    for_s = None if for_ is None else _seconds(for_)
    landscape = planned(request, os.environ)
    if not asyncio.run(_up(landscape, for_s, as_json)):
        raise typer.Exit(FINDINGS)


async def _up(landscape: LiveLandscape, for_s: float | None, as_json: bool) -> bool:
    from sandbox.runs.living import live

    stop, starting = asyncio.Event(), asyncio.current_task()

    def end() -> None:
        stop.set()
        if starting is not None:
            starting.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)

    def hear(name: str, what: What, detail: str) -> None:
        if what in _SAID:
            err.print(f"{name} {what} {detail}".strip(), markup=False)

    def ready() -> None:
        nonlocal starting
        starting = None
        if as_json:
            say_json(landscape.told())
        else:
            _show(landscape)

    try:
        return await live(landscape, stop, hear, ready, for_s)
    except asyncio.CancelledError:
        if stop.is_set():  # before all were ready
            return True
        raise


def _show(landscape: LiveLandscape) -> None:
    table = Table("system", "API (with /docs)", "admin API", "tokens", "log", box=None, padding=(0, 2, 0, 0))
    for system in landscape.systems:
        names = "\n".join(system.tokens)
        table.add_row(f"[bold]{system.name}[/]", system.url, system.admin_url, names, str(system.log))
    if landscape.core is not None:
        core = landscape.core
        table.add_row("[bold]core[/]", core.url, "", core.file.token_env, str(core.told()["log"]))
        for worker in core.told().get("workers", ()):
            table.add_row(f"[bold]{worker['worker']}[/]", worker["url"], "", "", worker["log"])
    out.print(table)
    if landscape.servers:
        out.print(_servers(landscape))
    clock, folder = landscape.clock, landscape.folder
    began = datetime.fromtimestamp(clock.now_us / 1e6, UTC)
    out.print(f"The systems' clock began at {began:%Y-%m-%dT%H:%M:%SZ} and runs {clock.speed:g} times as fast as ours.")
    out.print(f"Tokens, SANDBOX_TOKEN_ADMIN included: `source {folder.tokens}`. All this as JSON: {folder.told}")
    out.print("Ctrl-C stops them.")


def _servers(landscape: LiveLandscape) -> Table:
    table = Table("server", "URL", "password or token", "log", box=None, padding=(0, 2, 0, 0))
    for server in landscape.servers:
        table.add_row(f"[bold]{server.name}[/]", server.url, server.variable, str(server.log))
    return table


def _moment_us(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        remedy = "write 2011-11-14T08:00; it is taken as UTC"
        raise InputError(f"{text!r} is no time", field="--start", remedy=remedy) from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1_000_000)


def _seconds(text: str) -> float:
    try:
        return durations.parse(text) / 1_000_000
    except ValueError as error:
        raise InputError(str(error), field="--for") from None
