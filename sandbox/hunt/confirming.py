"""A finding carried out against running processes: does the same invariant break there, in the same role?"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from sandbox.demand import Demand
from sandbox.faults.live import not_live
from sandbox.hunt.finding import Finding
from sandbox.hunt.outcome import FAILED
from sandbox.hunt.scheduling import FIFO
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import prepared
from sandbox.oracle import verdict
from sandbox.runs.judges import Judges
from sandbox.runs.live_run import LiveRun
from sandbox.runs.live_settings import FULL, LiveSettings
from sandbox.runs.planned_run import PlannedRun
from sandbox.runs.request import OnProgress
from sandbox.runs.scenario import Scenario
from sandbox.worlds.live.supervisor import Hear

_HOUR_US: Final = 3_600_000_000
# So much later than in virtual time a failure may be seen: calls wait longer, and the core starts more slowly.
_SLACK_US: Final = 3 * _HOUR_US
_HEAD_START_US: Final = _HOUR_US // 2
_WANTED_S: Final = 120.0
_SLOWEST: Final = 20.0
_FASTEST: Final = 600.0

Answer = Literal["confirmed", "not confirmed", "not expressible"]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The answer. `reasons` say, by fault or `drawn ties`, what can't be expressed live; `failures` what broke there.

    `message` is the violation's where the finding is confirmed. `virtual_us` of the systems' time passed at `speed`.
    """

    answer: Answer
    reasons: Mapping[str, str] = field(default_factory=dict)
    failures: tuple[tuple[str, str], ...] = ()
    message: str = ""
    speed: float = 0.0
    virtual_us: int = 0
    fired: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "answer": self.answer,
            "reasons": dict(self.reasons),
            "failures": [{"invariant": invariant, "role": role} for invariant, role in self.failures],
            "message": self.message,
            "speed": self.speed,
            "virtual_seconds": round(self.virtual_us / 1_000_000, 1),
            "struck": dict(self.fired),
        }


def confirmed(finding: Finding, settings: LiveSettings, on_progress: OnProgress, hear: Hear) -> Confirmation:
    """Carry the finding's trial out against processes, with its own core, until it fails as it did or is long overdue.

    Raises InputError, PartFailed and LandscapeBroken.
    """
    reasons = why_not(finding, settings.stack)
    if reasons:
        return Confirmation("not expressible", reasons)
    wanted = replace(settings, core=finding.target.core)
    with tempfile.TemporaryDirectory(prefix="sandbox-confirm-") as folder:
        run = _run(finding, wanted, Path(folder) / "live")
        asyncio.run(run.go(on_progress, hear))
    violations = _violations(run.judges.close(run.end_us))
    same = next((found for found in violations if is_same(finding, found)), None)
    return Confirmation(
        "confirmed" if same is not None else "not confirmed",
        failures=tuple(dict.fromkeys((found.invariant, found.role) for found in violations)),
        message="" if same is None else same.message,
        speed=run.speed,
        virtual_us=run.end_us - run.start_us,
        fired=dict(run.faults.fired),
    )


def why_not(finding: Finding, stack: str) -> dict[str, str]:
    """What of a finding can't be expressed live, and why."""
    reasons = not_live(finding.trial.plan, own_servers=stack == FULL)
    if finding.trial.scheduling != FIFO:
        reasons["drawn ties"] = "processes of a real machine take turns as they please"
    if finding.invariant == FAILED:
        reasons[FAILED] = "a core that raises is started again by its supervisor: nobody judges that"
    return reasons


def _run(finding: Finding, settings: LiveSettings, folder: Path) -> LiveRun:
    trial = finding.trial
    scenario = prepared(finding.target)[0]
    demand = PlannedRun(scenario, trial.seed, trial.plan, trial.orders).demand
    scenario = replace(scenario, from_us=_first_us(scenario, trial, demand))
    horizon_us = finding.at_us + _SLACK_US
    speed = settings.speed or _speed((horizon_us - scenario.begin_us) / 1_000_000)
    run = LiveRun(
        scenario,
        trial.seed,
        folder,
        replace(settings, speed=speed),
        plan=trial.plan,
        orders=trial.orders,
        is_over=lambda judges: _has_failed(finding, judges),
    )
    run.demand = demand  # with the balances that fit the whole of it
    run.end_us = min(run.end_us, horizon_us)
    return run


def _first_us(scenario: Scenario, trial: Trial, demand: Demand) -> int:
    """When the run may begin, since the scenario's start: a little before its first order or moment."""
    moments = [order.at_us - scenario.start_us for order in demand.orders]
    moments += [at_us for atom in trial.atoms if (at_us := getattr(atom, "at_us", None)) is not None]
    return max(scenario.from_us, min(moments, default=0) - _HEAD_START_US)


def _speed(virtual_s: float) -> float:
    return float(round(min(_FASTEST, max(_SLOWEST, virtual_s / _WANTED_S))))


def _has_failed(finding: Finding, judges: Judges) -> bool:
    return any(is_same(finding, found) for found in _violations(judges.oracle.verdicts()))


def _violations(verdicts: tuple[verdict.Verdict, ...]) -> list[verdict.Finding]:
    found = [violation for one in verdicts for violation in one.violations]
    return sorted(found, key=lambda violation: violation.at_us)


def is_same(finding: Finding, found: verdict.Finding) -> bool:
    """Whether this violation is the finding's failure: same invariant, same role, whichever order it struck."""
    return (found.invariant, found.role) == (finding.invariant, finding.role)
