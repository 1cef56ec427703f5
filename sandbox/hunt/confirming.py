"""A finding carried out against running processes: does the same invariant break there, in the same role?"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from sandbox.demand import Demand
from sandbox.faults.atoms import CallAtom
from sandbox.faults.live import not_live
from sandbox.hunt.finding import Finding
from sandbox.hunt.live_pace import LOAD, speeds, too_short
from sandbox.hunt.outcome import FAILED
from sandbox.hunt.scheduling import FIFO
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import prepared
from sandbox.hunt.whole_day import with_all_orders
from sandbox.oracle import verdict
from sandbox.runs.judges import Judges
from sandbox.runs.live_run import LiveRun
from sandbox.runs.live_settings import FULL, LIGHT, LiveSettings
from sandbox.runs.planned_run import PlannedRun
from sandbox.runs.request import OnProgress, unheard
from sandbox.runs.scenario import Scenario
from sandbox.worlds.live.part import Hear
from sandbox.worlds.live.part import unheard as unwatched

_HOUR_US: Final = 3_600_000_000
# So much later than in virtual time a failure may be seen: calls wait longer, and the core starts more slowly. The
# first is the systems' time, the second the wall's; the longer one counts.
_SLACK_US: Final = 3 * _HOUR_US
_SLACK_S: Final = 12.0
_HEAD_START_US: Final = _HOUR_US // 2
# The owner of the database's process has to get in where root runs this.
_LETS_IN: Final = 0o711

Answer = Literal["confirmed", "not confirmed", "not expressible"]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The answer. `reasons` say, by fault or `drawn ties`, what can't be expressed live; `failures` what broke there.

    `message` is the violation's where the finding is confirmed. `virtual_us` of the systems' time passed at `speed`; it
    took `seconds` of the wall, the processes' start and end included. With `all_orders` of the day, where those of the
    finding alone had not failed.
    """

    answer: Answer
    reasons: Mapping[str, str] = field(default_factory=dict)
    failures: tuple[tuple[str, str], ...] = ()
    message: str = ""
    speed: float = 0.0
    virtual_us: int = 0
    seconds: float = 0.0
    fired: Mapping[str, int] = field(default_factory=dict)
    all_orders: bool = False

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "answer": self.answer,
            "reasons": dict(self.reasons),
            "failures": [{"invariant": invariant, "role": role} for invariant, role in self.failures],
            "message": self.message,
            "all_orders": self.all_orders,
            "speed": self.speed,
            "virtual_seconds": round(self.virtual_us / 1_000_000, 1),
            "seconds": round(self.seconds, 1),
            "struck": dict(self.fired),
        }


def confirmed(
    finding: Finding, settings: LiveSettings | None = None, on_progress: OnProgress = unheard, hear: Hear = unwatched
) -> Confirmation:
    """Carry the finding's trial out against processes, with its own core, until it fails as it did or is long overdue.

    Where no speed is given it is carried out again while it is not confirmed: with all orders of its day, and slowly.
    Without settings there are a database and a broker where a fault takes one. Raises InputError, PartFailed,
    LandscapeBroken and ReplayFailed.
    """
    return asyncio.run(confirming(finding, settings, on_progress, hear))


async def confirming(
    finding: Finding, settings: LiveSettings | None = None, on_progress: OnProgress = unheard, hear: Hear = unwatched
) -> Confirmation:
    """The same for several at once: most of the time each waits for the wall's clock."""
    settings = settings or LiveSettings(stack=stack_for(finding))
    reasons = why_not(finding, settings.stack)
    if reasons:
        return Confirmation("not expressible", reasons)
    began = time.monotonic()
    async for tried, speed in attempts(finding, settings.speed):
        wanted = replace(settings, core=finding.target.core, speed=speed)
        with tempfile.TemporaryDirectory(prefix="sandbox-confirm-") as folder:
            Path(folder).chmod(_LETS_IN)
            run = _run(tried, wanted, Path(folder) / "live")
            await run.go(on_progress, hear)
        found = replace(_told(finding, run, time.monotonic() - began), all_orders=tried is not finding)
        if found.answer == "confirmed":
            return found
    blurred = too_short(finding.trial.plan, found.speed)
    return replace(found, answer="not expressible", reasons=blurred) if blurred else found


async def attempts(finding: Finding, speed: float | None) -> AsyncIterator[tuple[Finding, float]]:
    """What to carry out, and how fast, until one is confirmed. Raises ReplayFailed.

    At the `speed` that is wanted, once; else fast, then fast with all orders of the day where it fails with them, too,
    then slowly. Calls in a minute are counted slowly alone.
    """
    if speed is not None:
        yield finding, speed
        return
    fast, *slower = _speeds_of(finding)
    yield finding, fast
    crowded = None if finding.invariant == LOAD else await with_all_orders(finding)
    if crowded is not None:
        yield crowded, _speeds_of(crowded)[0]
    for slow in slower:
        yield finding, slow


def _speeds_of(finding: Finding) -> tuple[float, ...]:
    scenario, _ = _day_of(finding)
    return speeds(finding.trial.plan, (finding.at_us - scenario.begin_us) / 1_000_000, finding.invariant)


def _told(finding: Finding, run: LiveRun, seconds: float) -> Confirmation:
    violations = _violations(run.judges.close(run.end_us))
    same = next((found for found in violations if is_same(finding, found)), None)
    return Confirmation(
        "confirmed" if same is not None else "not confirmed",
        failures=tuple(dict.fromkeys((found.invariant, found.role) for found in violations)),
        message="" if same is None else same.message,
        speed=run.speed,
        virtual_us=run.end_us - run.start_us,
        seconds=seconds,
        fired=dict(run.faults.fired),
    )


def stack_for(finding: Finding) -> str:
    """The stack that a finding's faults take: the full one where a database or a broker has to be there."""
    return FULL if why_not(finding, LIGHT) and not why_not(finding, FULL) else LIGHT


def why_not(finding: Finding, stack: str) -> dict[str, str]:
    """What of a finding can't be expressed live, and why."""
    reasons = not_live(finding.trial.plan, own_servers=stack == FULL)
    if finding.trial.scheduling != FIFO:
        reasons["drawn ties"] = "processes of a real machine take turns as they please"
    struck = [atom for atom in finding.trial.atoms if isinstance(atom, CallAtom)]
    if finding.invariant == LOAD and struck and all(atom.kind == "outage" for atom in struck):
        reasons[LOAD] = "calls to a closed port are not counted: put an error in the outage's place"
    if finding.invariant == FAILED:
        reasons[FAILED] = "a core that raises is started again by its supervisor: nobody judges that"
    return reasons


def _day_of(finding: Finding) -> tuple[Scenario, Demand]:
    """The scenario from a little before anything happens, and its demand, with balances that fit the whole of it."""
    trial = finding.trial
    scenario = prepared(finding.target)[0]
    demand = PlannedRun(scenario, trial.seed, trial.plan, trial.orders).demand
    return replace(scenario, from_us=_first_us(scenario, trial, demand)), demand


def _run(finding: Finding, settings: LiveSettings, folder: Path) -> LiveRun:
    trial = finding.trial
    scenario, demand = _day_of(finding)
    run = LiveRun(
        scenario,
        trial.seed,
        folder,
        settings,
        plan=trial.plan,
        orders=trial.orders,
        is_over=lambda judges, heard_us: has_failed(finding, judges, heard_us),
    )
    run.demand = demand
    run.end_us = min(run.end_us, finding.at_us + max(_SLACK_US, round(_SLACK_S * run.speed * 1_000_000)))
    return run


def _first_us(scenario: Scenario, trial: Trial, demand: Demand) -> int:
    """When the run may begin, since the scenario's start: a little before its first order or moment."""
    moments = [order.at_us - scenario.start_us for order in demand.orders]
    moments += [at_us for atom in trial.atoms if (at_us := getattr(atom, "at_us", None)) is not None]
    return max(scenario.from_us, min(moments, default=0) - _HEAD_START_US)


def has_failed(finding: Finding, judges: Judges, heard_us: int) -> bool:
    """Whether the finding's failure has come about, by judges who have heard all that happened before `heard_us`.

    What is late by then is late, though nothing has happened since.
    """
    judges.oracle.pass_to(heard_us)
    return any(is_same(finding, found) for found in _violations(judges.oracle.verdicts()))


def _violations(verdicts: tuple[verdict.Verdict, ...]) -> list[verdict.Finding]:
    found = [violation for one in verdicts for violation in one.violations]
    return sorted(found, key=lambda violation: violation.at_us)


def is_same(finding: Finding, found: verdict.Finding) -> bool:
    """Whether this violation is the finding's failure: same invariant, same role, whichever order it struck."""
    return (found.invariant, found.role) == (finding.invariant, finding.role)
