"""Trials branch off from a run that they share, and come to the same outcome as by themselves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from sandbox.errors import InputError
from sandbox.hunt.branching import branched
from sandbox.hunt.crew import Alone, LocalCrew
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import tried
from tests.sandbox.hunt.small_targets import SMALL, some_trials


def test_branched_off_or_by_itself_a_trial_comes_to_the_same() -> None:
    trials = some_trials()
    together = dict(branched(SMALL, trials))
    assert sorted(together) == list(range(len(trials)))
    assert all(sum(outcome.fired.values()) == 1 for outcome in together.values())
    assert all(outcome.failures == () for outcome in together.values())
    for place in (0, 5, 11):
        alone = tried(SMALL, trials[place])
        assert replace(together[place], wall_s=0.0) == replace(alone, wall_s=0.0)
    assert len({outcome.fingerprint for outcome in together.values()}) > 8


def test_a_trial_without_company_or_sites_comes_to_the_same_under_the_same_guard() -> None:
    (trial,) = some_trials()[4:5]
    ((_, outcome),) = branched(SMALL, [trial], None)
    alone = tried(SMALL, trial)
    assert alone.sites
    assert outcome.sites == ()
    assert outcome.fingerprint == alone.fingerprint
    clocked = Target("hunting_day", f"{__file__}:looks_at_the_wall", overrides=SMALL.overrides)
    ((_, outcome),) = branched(clocked, [trial], None)
    assert outcome.failures == (("failed", "UncontrolledEntropy"),)


def test_what_is_read_once_is_read_before_there_are_copies() -> None:
    told = "import sys; from sandbox.hunt.trying import prepared; from tests.sandbox.hunt.small_targets import SMALL; "
    told += "prepared(SMALL); before = set(sys.modules); from sandbox.hunt.trying import tried; "
    told += "from sandbox.hunt.trial import Trial; tried(SMALL, Trial()); print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_bad_input_that_shows_when_the_orders_are_read_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **named: object) -> object:
        raise InputError("no orders", file="orders.csv", line=7)

    monkeypatch.setattr("sandbox.hunt.stage.StagedRun", refuse)
    with pytest.raises(InputError, match=r"orders\.csv:7: no orders"):
        list(branched(SMALL, [Trial()]))


@pytest.mark.campaign
def test_a_killed_worker_loses_nothing_and_changes_nothing() -> None:
    trials = some_trials()
    expected = {place: outcome.fingerprint for place, outcome in Alone().outcomes(SMALL, trials, (), watch=False)}
    crew, done = LocalCrew(2), {}
    try:
        for place, outcome in crew.outcomes(SMALL, trials, (), watch=False):
            if not done:
                os.kill(crew.processes()[0], signal.SIGKILL)
            assert place not in done
            done[place] = outcome.fingerprint
    finally:
        crew.close()
    assert done == expected


def test_a_trial_that_hangs_is_ended_and_one_that_dies_is_told() -> None:
    (_, outcome), *_ = branched(SMALL, [Trial()], longest_s=0.0)
    assert outcome.failures == (("failed", "lost"),)
    broken = Target("hunting_day", f"{__file__}:dies", overrides=SMALL.overrides)
    (_, outcome), *_ = branched(broken, [Trial()])
    assert outcome.failures == (("failed", "ZeroDivisionError"),)


def looks_at_the_wall(*given: object) -> object:
    """A core that reads a clock which no run controls."""
    return time.time()


def dies(*given: object) -> object:
    """A core that can't be made."""
    return 1 // 0
