"""`sandbox replay`: carry findings out once more."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.cli.live_options import live_settings, say_trouble
from sandbox.cli.progress import ProgressBar
from sandbox.cli.stopping import StopsBetweenSteps

if TYPE_CHECKING:
    from sandbox.hunt.confirming import Confirmation
    from sandbox.hunt.finding import Finding
    from sandbox.hunt.replaying import Replayed
    from sandbox.runs.live_settings import LiveSettings
    from sandbox.runs.request import Progress

_TOLD = {
    "reproduced": "reproduced, event for event",
    "reproduced otherwise": "reproduced, by other events",
    "fails otherwise": "another failure came in its place",
    "passes": "passes now",
    "unsteady": "does not repeat",
}


@told
def replay(
    findings: Annotated[
        list[Path],
        typer.Argument(metavar="FINDING...", help="Files, such as scenarios/regressions/*.yaml."),
    ],
    times: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="So many times, each in a fresh interpreter.")
    ] = None,
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="Against real processes: is it confirmed there? One after the other, half a minute each."
        ),
    ] = False,
    speed: Annotated[
        float | None,
        typer.Option(metavar="N", help="Live: how fast time runs [default: the failure is due in 12 s or so]."),
    ] = None,
    stack: Annotated[
        str | None,
        typer.Option(
            metavar="STACK",
            help="Live: light, or full with a PostgreSQL and a NATS [default: full where it takes one].",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of each as one JSON object.")] = False,
) -> None:
    """Carry findings out once more, and say whether they still come about.

    A finding is reproduced where the same invariant breaks in the same role, event for event where the fingerprint is
    the same; else it is told which version has changed since. With --live it is carried out against running processes,
    with its own core: confirmed, not confirmed, or not expressible, and why.

    Ends with 0 when every finding passes now (live: none is confirmed), so that CI may replay what once failed; 1 when
    one still fails in any way, or does not repeat; 2 for bad input.

    Examples:

        sandbox replay findings/I4-wasted-2f6a0c51b3de.yaml --times 20

        sandbox replay scenarios/regressions/*.yaml

        sandbox replay findings/I4-wasted-2f6a0c51b3de.yaml --live
    """
    sys.path[:0] = [os.getcwd()]
    settings = live_settings(live, {"--speed": speed, "--stack": stack}, {"--times": times})
    if settings is not None:
        _replay_live(findings, settings, as_needed=stack is None, as_json=as_json)
        return
    done: list[tuple[Path, Replayed]] = []
    try:
        with StopsBetweenSteps() as stop:
            for path in findings:
                replayed = _carried_out(path, times, stop)
                done.append((path, replayed))
                if not as_json:
                    _say(path, replayed)
    except KeyboardInterrupt:
        err.print(f"Stopped after {len(done)} of {len(findings)} findings")
        raise typer.Exit(STOPPED) from None
    if as_json:
        say_json({"findings": [{"file": str(path), **replayed.as_json()} for path, replayed in done]})
    if not all(replayed.is_over for _, replayed in done):
        raise typer.Exit(FINDINGS)


def _replay_live(findings: list[Path], settings: LiveSettings, *, as_needed: bool, as_json: bool) -> None:
    from sandbox.hunt.confirming import confirmed, stack_for
    from sandbox.hunt.finding import read_finding

    done: list[tuple[Path, Confirmation]] = []
    try:
        for path in findings:
            found = read_finding(path)
            wanted = replace(settings, stack=stack_for(found)) if as_needed else settings
            with StopsBetweenSteps() as stop, ProgressBar(path.name, as_json) as bar:

                def hear(progress: Progress, bar: ProgressBar = bar, stop: StopsBetweenSteps = stop) -> None:
                    bar.update(progress)
                    stop.check()

                done.append((path, confirmed(found, wanted, hear, say_trouble)))
            if not as_json:
                _say_live(found, *done[-1])
    except KeyboardInterrupt:
        err.print(f"Stopped after {len(done)} of {len(findings)} findings")
        raise typer.Exit(STOPPED) from None
    if as_json:
        say_json({"findings": [{"file": str(path), **answer.as_json()} for path, answer in done]})
    if any(answer.answer == "confirmed" for _, answer in done):
        raise typer.Exit(FINDINGS)


def _say_live(finding: Finding, path: Path, found: Confirmation) -> None:
    told = {"confirmed": "confirmed live", "not confirmed": "not confirmed live"}
    words = told.get(found.answer, "can't be expressed live")
    crowd = ", with all orders of its day" if found.all_orders and found.answer == "confirmed" else ""
    out.print(f"{escape(str(path))}: {finding.invariant} ({finding.role}) {words}{crowd}")
    if found.message:
        out.print(f"  {escape(found.message)}")
    for name, why in found.reasons.items():
        out.print(f"  {name}: {why}")
    if found.answer == "not confirmed":
        others = ", ".join(f"{invariant} ({role})" for invariant, role in found.failures) or "nothing was violated"
        out.print(f"  {others}")
        for name, count in found.fired.items():
            out.print(f"  {name} struck {count} times")


def _carried_out(path: Path, times: int | None, stop: StopsBetweenSteps) -> Replayed:
    from sandbox.hunt.finding import read_finding
    from sandbox.hunt.replaying import replayed, replayed_elsewhere

    finding = read_finding(path)
    stop.check()
    if times is None:
        return replayed(finding)
    for standing in replayed_elsewhere(finding, path, times):
        last = standing
        stop.check()
    return last


def _say(path: Path, replayed: Replayed) -> None:
    finding = replayed.finding
    out.print(f"{escape(str(path))}: {finding.invariant} ({finding.role}) {_TOLD[replayed.verdict]}")
    if len(replayed.runs) > 1:
        same = replayed.as_json()["reproduced"]
        out.print(f"  {same} of {len(replayed.runs)} fresh interpreters came to the same verdict and fingerprint")
    if replayed.verdict == "fails otherwise":
        others = ", ".join(f"{invariant} ({role})" for invariant, role in replayed.runs[0].failures)
        out.print(f"  {others}")
    if replayed.verdict == "unsteady" and not replayed.changed:
        out.print("  and nothing that it depends on has changed: something draws chance that the seed does not govern")
    if replayed.verdict != "reproduced":
        for name, (then, now) in replayed.changed.items():
            out.print(f"  changed: {name}, {then} then, {now} now")
