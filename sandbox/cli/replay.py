"""`sandbox replay`: carry findings out once more."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json, told
from sandbox.cli.live_options import live_settings
from sandbox.cli.replay_live import replay_live
from sandbox.cli.stopping import StopsBetweenSteps

if TYPE_CHECKING:
    from sandbox.hunt.replaying import Replayed

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
            "--live", help="Against real processes: is it confirmed there? Half a minute each, more where it is not."
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
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Live: so many findings at once [default: 1].")
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
    settings = live_settings(live, {"--speed": speed, "--stack": stack, "--workers": workers}, {"--times": times})
    if settings is not None:
        replay_live(findings, settings, workers or 1, as_needed=stack is None, as_json=as_json)
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
