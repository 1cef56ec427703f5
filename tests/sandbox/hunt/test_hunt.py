"""The hunt catches a canary, keeps what it finds, and finds nothing in the reference core."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.hunt.crew import Alone
from sandbox.hunt.finding import read_finding
from sandbox.hunt.hunting import Hunt, hunt
from sandbox.hunt.request import HuntRequest, HuntResult
from sandbox.hunt.trying import tried
from tests.sandbox.hunt.small_targets import CANARY, SMALL


def unheard(result: HuntResult) -> None:
    """Nobody watches."""


def test_a_canary_is_caught_by_a_single_fault_and_its_finding_repeats(tmp_path: Path) -> None:
    request = HuntRequest(
        target=CANARY, stages=("singles",), budget_s=None, runs_most=400, folder=tmp_path, watch=False
    )
    result = hunt(request, Alone(), unheard)
    assert {invariant for invariant, _ in result.findings} & {"I2", "I4", "I7"}
    for found, path in result.findings.values():
        assert read_finding(path) == found
        assert len(found.trial.atoms) == 1
    found = next(iter(result.findings.values()))[0]
    again = tried(found.target, found.trial)
    assert (found.invariant, found.role) in again.failures
    assert again.fingerprint == found.fingerprint
    assert sorted(path for _, path in result.findings.values()) == sorted(tmp_path.iterdir())


@pytest.mark.campaign
def test_each_stage_searches_and_the_reference_core_withstands(tmp_path: Path) -> None:
    asked = HuntRequest(target=SMALL, budget_s=None, runs_most=4, folder=tmp_path)
    pairs = hunt(replace(asked, stages=("singles", "pairs"), runs_most=13), Alone(), unheard)
    assert pairs.findings == {}
    assert pairs.stages["singles"].runs == pairs.stages["pairs"].runs == 6
    for stage in ("nemesis", "groups", "singles", "triples", "swarm", "scheduling"):
        result = hunt(replace(asked, stages=(stage,)), Alone(), unheard)
        assert result.findings == {}
        assert result.stages[stage].runs == 3
    assert result.coverage is not None
    assert len(result.coverage.possible) > 500
    assert result.unreached()
    assert not list(tmp_path.iterdir())


def test_whoever_stops_the_hunt_keeps_what_was_found(tmp_path: Path) -> None:
    def stop(result: HuntResult) -> None:
        if result.findings:
            raise KeyboardInterrupt

    request = HuntRequest(target=CANARY, stages=("singles",), budget_s=60.0, folder=tmp_path, watch=False)
    hunting = Hunt(request, Alone(), stop)
    try:
        hunting.carried_out()
    except KeyboardInterrupt:
        assert hunting.result.findings
        assert list(tmp_path.iterdir())
    else:
        raise AssertionError("it was not stopped")
