"""One body, two arms: a case in virtual time, and against real processes. Both tell which invariants were violated."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sandbox.oracle.verdict import Outcome, Verdict
from sandbox.runs.live_run import LiveRun
from sandbox.runs.live_settings import LiveSettings
from sandbox.runs.request import unheard
from sandbox.runs.virtual_run import VirtualRun
from tests.twins.cases import Case

SPEED: Final = 500.0


def virtual(case: Case, folder: Path) -> frozenset[str]:
    """In virtual time."""
    scenario = case.scenario(folder)
    run = VirtualRun(scenario, scenario.seed)
    run.go(unheard)
    return violated(run.oracle.close(run.end_us))


async def live(case: Case, folder: Path, speed: float = SPEED) -> frozenset[str]:
    """Against processes of its own, in wall time."""
    scenario = case.scenario(folder)
    settings = LiveSettings(speed=speed, stack=case.stack)
    run = LiveRun(scenario, scenario.seed, folder / f"{case.name}-live", settings)
    await run.go(unheard, lambda *_: None)
    return violated(run.judges.close(run.end_us))


def violated(verdicts: Iterable[Verdict]) -> frozenset[str]:
    """The ids of what was violated."""
    return frozenset(verdict.id for verdict in verdicts if verdict.verdict is Outcome.VIOLATED)
