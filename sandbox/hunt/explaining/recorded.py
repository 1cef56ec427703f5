"""A trial carried out with a record of all that happened, as a run leaves one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.hunt.outcome import Outcome
from sandbox.hunt.stage import Stage, beginning_of
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import prepared
from sandbox.records.record import Record
from sandbox.records.recording import RecordWriter
from sandbox.runs.request import RunRequest
from sandbox.runs.summing_up import begun, fault_results


@dataclass(frozen=True, slots=True)
class Recorded:
    """A trial, what it came to, and the record of it."""

    trial: Trial
    outcome: Outcome
    record: Record


def recorded(target: Target, trial: Trial, folder: Path) -> Recorded:
    """Carry the trial out, and keep its facts and notes in a folder of its own. Raises InputError and RecordError."""
    scenario, core = prepared(target)
    with Stage(scenario, core, beginning_of(trial)) as stage:
        run = stage.run
        request = RunRequest(scenario, trial.seed, "direct", folder, repeat="sandbox replay", source=target.scenario)
        as_begun = begun(request, run, "virtual").model_copy(update={"plan": trial.plan.as_written()})
        with RecordWriter(folder, as_begun) as writer:
            for system in run.estate.values():
                system.ledger.listeners.append(writer.fact)
            stage.world.listeners.append(lambda note: writer.note(*note))
            outcome = stage.tried(trial, target.until)
            faults = fault_results(trial.plan, run.scenario, outcome.fired)
            record = writer.close(
                as_begun.model_copy(update={"fingerprint": outcome.fingerprint, "faults": faults, "finished": True})
            )
    return Recorded(trial, outcome, record)
