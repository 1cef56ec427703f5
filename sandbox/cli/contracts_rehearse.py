"""`sandbox contracts rehearse`: what it costs when a system changes its contract in mid-run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.cli.progress import ProgressBar
from sandbox.cli.stopping import StopsBetweenSteps
from sandbox.errors import InputError, did_you_mean
from sandbox.moments import parse_length, parse_moment, parse_share
from sandbox.runs.landscape import default_landscape
from sandbox.runs.library import find_scenario
from sandbox.runs.request import Progress
from sandbox.runs.scenario import Scenario, load_scenario
from sandbox.shipped import folders, shipped_folder
from sandbox.verification.outcome import Verdict
from sandbox.verification.rehearsal.planning import SHARE, Plan, plan_of
from sandbox.verification.rehearsal.window import InForce, in_force


@told
def rehearse(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A scenario's name (see `sandbox scenarios`) or file.")
    ],
    system: Annotated[str, typer.Option(metavar="NAME", help="Whose contract changes: erp, wms, carrier, commerce.")],
    to: Annotated[
        str, typer.Option("--to", metavar="NEW", help="The contract that is to come, or an OpenAPI Overlay.")
    ],
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="OLD", help="The contract that is spoken now [default: the published one]."),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it takes effect, such as 10:00 [default: half-way].")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it is rolled back [default: four hours later].")
    ] = None,
    no_rollback: Annotated[bool, typer.Option("--no-rollback", help="It is never rolled back.")] = False,
    replay_after: Annotated[
        str | None,
        typer.Option(metavar="LENGTH", help="People replay what was surfaced so long after roll-back."),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="Every breaking change alone, too, ranked.")] = False,
    share: Annotated[
        str, typer.Option(metavar="SHARE", help="How often what may come comes: null, a new enum value.")
    ] = f"{SHARE:.0%}",
    renamed: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="A property of answers that has another name now; may be repeated."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="What the run's randomness is derived from.")] = None,
    page: Annotated[Path | None, typer.Option("--page", metavar="FILE", help="Write the report as HTML, too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as one JSON object.")] = False,
) -> None:
    """Let a system change its contract in mid-run, in virtual time, and see what it costs.

    The scenario runs twice with the same seed: with the old contract, and with the new one from --at to --until.
    What differs is told: flows that break, orders and money stuck, the first exception, what heals after roll-back.
    Every change of the comparison is rehearsed, or it is told why it can't be.
    Ends with 0 where nothing breaks, 1 where something does or nothing was tried, 2 for bad input.

    Examples:

        sandbox contracts rehearse normal_day --system erp --to contracts/examples/erp-tuesday.yaml

        sandbox contracts rehearse peak_week --system wms --to wms-2.yaml --at "2d 10:00" --until "2d 16:00" --each

        sandbox contracts rehearse normal_day --system erp --to v2.json --renamed sales_order=order_number --json
    """
    loaded = load_scenario(find_scenario(scenario))
    time = in_force(
        loaded,
        _read(parse_moment, at, "--at"),
        _read(parse_moment, until, "--until"),
        no_rollback,
        _read(parse_length, replay_after, "--replay-after"),
    )
    plan = _plan(system, from_, to, _read(parse_share, share, "--share") or SHARE, renamed or [])
    _carry_out(loaded, loaded.seed if seed is None else seed, system, plan, time, each, page, as_json)


def _read(parse: Callable[[str], float], text: str | None, field: str) -> int | None:
    if text is None:
        return None
    try:
        return parse(text)  # type: ignore[return-value]
    except ValueError as error:
        raise InputError(str(error), field=field) from None


def _plan(system: str, old: str | None, new: str, share: float, renamed: list[str]) -> Plan:
    surface = default_landscape().get(system)
    if surface is None:
        known = sorted(default_landscape())
        raise InputError(f"there is no system {system!r}", field="--system", remedy=did_you_mean(system, known))
    hints = []
    for told_one in renamed:
        was, sign, now = told_one.partition("=")
        if not (was and sign and now):
            raise InputError(f"{told_one!r} names no property", field="--renamed", remedy="write OLD=NEW")
        hints.append((was, now))
    return plan_of(old or _published(system), new, surface.calls, surface.topics, share=share, hints=hints)


def _published(system: str) -> str:
    """The contract that is published for a system: the team's own goes before the one that came with the sandbox."""
    name = Path("openapi") / f"{system}.json"
    found = next((folder / name for folder in folders("contracts") if (folder / name).is_file()), None)
    return str(found or shipped_folder("contracts") / name)


def _carry_out(
    scenario: Scenario, seed: int, system: str, plan: Plan, time: InForce, each: bool, page: Path | None, as_json: bool
) -> None:
    # A whole world takes half a second to import, which --help need not wait for.
    from sandbox.cli.rehearsal_tables import say
    from sandbox.verification.rehearsal.rehearsal import Rehearsal, rehearse
    from sandbox.verification.rehearsal.telling import as_json as told_as_json

    known: list[Rehearsal] = []
    stopped = False
    try:
        with StopsBetweenSteps() as stop, ProgressBar(scenario.title, as_json) as bar:

            def begin(title: str) -> Callable[[Progress], None]:
                bar.begin(title)

                def hear(progress: Progress) -> None:
                    bar.update(progress)
                    stop.check()

                return hear

            rehearse(scenario, seed, system, plan, time, each=each, begin=begin, keep=known.append)
    except KeyboardInterrupt:
        stopped = True
    found = known[-1]
    if page is not None and found.whole is not None:
        from sandbox.verification.rehearsal.page import write_page

        write_page(found, page)
    if as_json:
        say_json(told_as_json(found))
    else:
        say(found, out)
        if page is not None and found.whole is not None:
            out.print(f"The page is in {page}")
    if stopped:
        err.print("Stopped. What was done until then is told above")
        raise typer.Exit(STOPPED)
    if found.verdict is not Verdict.PASS:
        raise typer.Exit(FINDINGS)
