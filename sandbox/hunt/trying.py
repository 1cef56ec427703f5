"""Carry a trial out in this process."""

from __future__ import annotations

from mock_systems.kit.streams import Streams
from sandbox.demand.people import People
from sandbox.hunt.outcome import Outcome
from sandbox.hunt.stage import Stage, beginning_of
from sandbox.hunt.target import Target, core_of, loaded
from sandbox.hunt.trial import Trial
from sandbox.runs.scenario import Scenario
from sandbox.runs.staged_run import CoreMaker


def tried(target: Target, trial: Trial) -> Outcome:
    """The trial, carried out from its beginning in this process. Raises InputError for a target that can't be had."""
    scenario, core = prepared(target)
    with Stage(scenario, core, beginning_of(trial)) as stage:
        return stage.tried(trial, target.until)


_prepared: dict[str, tuple[Scenario, CoreMaker]] = {}


def prepared(target: Target) -> tuple[Scenario, CoreMaker]:
    """What all trials of a target have in common, read once. Raises InputError."""
    name = repr(target)
    if name not in _prepared:
        _prepared[name] = (loaded(target), core_of(target))
        People(Streams(0))  # Faker reads its files for the first name: here, and not in each copy of this process
    return _prepared[name]
