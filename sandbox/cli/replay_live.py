"""`sandbox replay --live`: findings put to running processes, one after the other or several at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from sandbox.cli.console import FINDINGS, STOPPED, err, out, say_json
from sandbox.cli.live_options import say_trouble
from sandbox.cli.progress import ProgressBar
from sandbox.cli.stopping import StopsBetweenSteps

if TYPE_CHECKING:
    from sandbox.hunt.confirming import Confirmation
    from sandbox.hunt.finding import Finding
    from sandbox.runs.live_settings import LiveSettings
    from sandbox.runs.request import Progress


def replay_live(files: list[Path], settings: LiveSettings, workers: int, *, as_needed: bool, as_json: bool) -> None:
    """Try the findings, `workers` of them at once, and say what came of each as soon as it is known.

    All files are read before anything is started. With `as_needed` each has the stack that its faults take. Raises
    typer.Exit where one is confirmed, or somebody stops it; InputError, PartFailed and LandscapeBroken.
    """
    from sandbox.hunt.finding import read_finding
    from sandbox.hunt.side_by_side import side_by_side

    found = [read_finding(path) for path in files]
    done: dict[int, Confirmation] = {}

    def hear(place: int, answer: Confirmation) -> None:
        done[place] = answer
        if not as_json:
            _say(found[place], files[place], answer)

    try:
        with StopsBetweenSteps() as stop:
            trying = _Trying(settings, as_needed, quiet=as_json or workers > 1, check=stop.check)
            jobs = [partial(trying.one, each, path.name) for each, path in zip(found, files, strict=True)]
            asyncio.run(side_by_side(jobs, workers, hear))
    except KeyboardInterrupt:
        err.print(f"Stopped after {len(done)} of {len(files)} findings")
        raise typer.Exit(STOPPED) from None
    if as_json:
        say_json({"findings": [{"file": str(files[place]), **done[place].as_json()} for place in sorted(done)]})
    if any(answer.answer == "confirmed" for answer in done.values()):
        raise typer.Exit(FINDINGS)


class _Trying:
    """Puts findings to processes: most of the time each waits for the wall's clock."""

    def __init__(self, settings: LiveSettings, as_needed: bool, quiet: bool, check: Callable[[], None]) -> None:
        self._settings, self._as_needed, self._quiet, self._check = settings, as_needed, quiet, check

    async def one(self, finding: Finding, title: str) -> Confirmation:
        """What comes of this one; `title` stands at its progress."""
        from sandbox.hunt.confirming import confirming, stack_for

        wanted = replace(self._settings, stack=stack_for(finding)) if self._as_needed else self._settings
        with ProgressBar(title, self._quiet) as bar:

            def hear(progress: Progress) -> None:
                bar.update(progress)
                self._check()

            return await confirming(finding, wanted, hear, say_trouble)


def _say(finding: Finding, path: Path, found: Confirmation) -> None:
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
