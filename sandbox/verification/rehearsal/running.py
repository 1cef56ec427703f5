"""The paired runs of a rehearsal: the same scenario and seed, with the old contract and with the new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sandbox.faults.contract.change import ContractChange
from sandbox.faults.moments import format_moment
from sandbox.faults.written import ContractChanged, FaultEntry
from sandbox.oracle.book_comparison import Comparison
from sandbox.oracle.verdict import Verdict
from sandbox.records.summary import ExceptionResult
from sandbox.runs.request import OnProgress
from sandbox.runs.scenario import Scenario
from sandbox.runs.summing_up import exceptions_of
from sandbox.runs.virtual_run import VirtualRun
from sandbox.verification.rehearsal.planning import PlannedChange
from sandbox.verification.rehearsal.progress_heard import ProgressHeard
from sandbox.verification.rehearsal.replaying import Replay
from sandbox.verification.rehearsal.window import InForce
from sandbox.worlds.virtual.world import VirtualWorld

# What is told of a run that begins: its title; returns who hears its progress.
Begin = Callable[[str], OnProgress]


@dataclass(frozen=True, slots=True)
class RunSeen:
    """A run that is over, as the comparison needs it; times in microseconds since 1970."""

    start_us: int
    end_us: int
    progress: ProgressHeard
    verdicts: tuple[Verdict, ...]
    exceptions: tuple[ExceptionResult, ...]
    books: tuple[Comparison, ...]
    replayed: int
    changes: dict[str, ContractChange]
    fingerprint: str


def run_with(
    scenario: Scenario, seed: int, system: str, changes: Sequence[PlannedChange], time: InForce, hear: OnProgress
) -> RunSeen:
    """Carry the scenario out with these changes of a system's contract. Raises InputError."""
    run = VirtualRun(with_changes(scenario, system, changes, time), seed, scenario.fidelity, keeps_facts=False)
    progress = ProgressHeard()
    run.listeners.append(progress.hear)
    replay = Replay()
    replayed_at_us = time.replayed_us

    def prepare(world: VirtualWorld) -> None:
        if replayed_at_us is not None:
            replay.plan(world, scenario.start_us + replayed_at_us)

    run.go(hear, prepare)
    verdicts = run.judges.close(run.end_us)
    return RunSeen(
        start_us=scenario.start_us,
        end_us=run.end_us,
        progress=progress,
        verdicts=verdicts,
        exceptions=tuple(exceptions_of(run.judges.desk)),
        books=tuple(run.judges.comparisons()),
        replayed=replay.asked,
        changes=run.faults.contract_changes,
        fingerprint=run.fingerprint.digest(),
    )


def with_changes(scenario: Scenario, system: str, changes: Sequence[PlannedChange], time: InForce) -> Scenario:
    """The scenario in which the system speaks otherwise for a time; without changes it has the same phases."""
    named = [(name_of(one), one.edits, one.words) for one in changes] or [("contract-unchanged", (), "nothing")]
    when = {"from": format_moment(time.from_us), "to": format_moment(time.until_us), "stays": time.stays}
    entries = [
        FaultEntry(
            id=name,
            contract_change=ContractChanged.model_validate({"system": system, **when, "edits": edits, "what": words}),
        )
        for name, edits, words in named
    ]
    return replace(scenario, faults=(*scenario.faults, *entries))


def name_of(change: PlannedChange) -> str:
    """The fault's id of a change."""
    return f"contract-{change.id}"
