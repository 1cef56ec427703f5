"""One row of the kill matrix: a mutant, searched for, made small, and held against the reference core."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from sandbox.hunt.crew import Alone
from sandbox.hunt.finding import Finding
from sandbox.hunt.hunting import Hunt
from sandbox.hunt.making_small import made_small
from sandbox.hunt.mutant import target_of
from sandbox.hunt.request import HuntRequest, HuntResult
from tests.mutants.not_expressible import NOT_EXPRESSIBLE
from tests.mutants.planting import FOLDER

KILLED: Final = "killed"
MISSED: Final = "missed"
FALSE_ALARM: Final = "false alarm"
INEXPRESSIBLE: Final = "not expressible"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is spent on a mutant: trials and wall seconds to find it, wall seconds to make the finding small."""

    runs: int = 1_500
    hunt_s: float = 180.0
    shrink_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a mutant.

    `invariant` is the one that was seen violated, one that the catalogue names; `runs` and `seconds` are those of the
    search up to then, seconds of one core's time. `atoms` and `orders` are left after shrinking, which took
    `shrink_runs` and `shrink_seconds`. `live` is the answer of running processes, None where they were not asked.
    """

    mutant: str
    status: str
    invariant: str | None = None
    runs: int = 0
    seconds: float = 0.0
    atoms: int | None = None
    live: str | None = None
    role: str | None = None
    stage: str | None = None
    orders: int | None = None
    minimal: bool = False
    shrink_runs: int = 0
    shrink_seconds: float = 0.0
    live_seconds: float = 0.0
    file: str | None = None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


class _Found(KeyboardInterrupt):
    """Ends a hunt at its first finding: what others of its round would come to is not waited for."""


def inexpressible() -> list[Row]:
    """The bugs that the reference core can't have, each with its reason."""
    return [Row(number, INEXPRESSIBLE, reason=reason) for number, reason in NOT_EXPRESSIBLE.items()]


def killed(number: str, limits: Limits, folder: Path) -> Row:
    """Search for the mutant as `sandbox hunt --mutant` does; its small finding is in its folder in `folder` then."""
    target, mutant = target_of(number, folder=FOLDER)
    request = HuntRequest(
        target=target,
        budget_s=limits.hunt_s,
        runs_most=limits.runs,
        invariants=mutant.invariants,
        folder=folder / "found" / number,
    )
    began_s = core_seconds()
    result = _hunted(request)
    row = Row(number, MISSED, runs=result.runs, seconds=round(core_seconds() - began_s, 1))
    if not result.findings:
        return replace(row, reason=f"not found in {row.runs} runs")
    found, path = next(iter(result.findings.values()))
    return _made_small(row, found, path, limits, folder)


def _hunted(request: HuntRequest) -> HuntResult:
    def hear(result: HuntResult) -> None:
        if result.findings:
            raise _Found

    hunting = Hunt(request, Alone(), hear)
    try:
        return hunting.carried_out()
    except _Found:
        return hunting.result


def _made_small(row: Row, found: Finding, path: Path, limits: Limits, folder: Path) -> Row:
    began_s = core_seconds()
    made = made_small(found, folder / row.mutant, limits.shrink_s, instead_of=path)
    if made.stopped:
        raise KeyboardInterrupt
    small, told = made.finding, made.finding.minimality
    assert told is not None
    return replace(
        row,
        status=FALSE_ALARM if small.is_false_alarm else KILLED,
        invariant=small.invariant,
        role=small.role,
        stage=small.stage,
        atoms=len(small.trial.atoms),
        orders=told.orders_before if small.trial.orders is None else len(small.trial.orders),
        minimal=told.complete,
        shrink_runs=told.runs,
        shrink_seconds=round(core_seconds() - began_s, 1),
        file=str(made.file),
        reason="" if small.reference == "passes" else f"the reference core {small.reference} under the same trial",
    )


def core_seconds() -> float:
    """Processor seconds of this process and of those that it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
