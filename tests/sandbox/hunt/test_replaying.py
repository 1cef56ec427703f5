"""A finding is reproduced event for event, also elsewhere; and where it is not, it is told what has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.hunt.finding import Finding, read_finding
from sandbox.hunt.replaying import Repetition, Replayed, replayed, replayed_elsewhere
from sandbox.hunt.versions_used import changed, versions_of
from tests.sandbox.hunt.found import found, found_file
from tests.sandbox.hunt.small_targets import CANARY, SMALL


@pytest.fixture(scope="module")
def finding() -> Finding:
    """One of the canary."""
    return found()


def test_a_finding_is_reproduced_event_for_event(finding: Finding) -> None:
    again = replayed(finding)
    assert again.verdict == "reproduced"
    assert again.changed == {}
    assert not again.is_over


def test_it_is_reproduced_in_fresh_interpreters(tmp_path: Path) -> None:
    path = found_file(tmp_path)
    *_, last = replayed_elsewhere(read_finding(path), path, 2)
    assert last.verdict == "reproduced"
    assert last.as_json()["reproduced"] == 2


def test_what_is_mended_passes_and_says_what_has_changed(finding: Finding) -> None:
    mended = replayed(replace(finding, target=SMALL))
    assert mended.verdict == "passes"
    assert mended.is_over
    assert list(mended.changed) == ["own core"]


@pytest.mark.campaign
def test_it_is_told_when_the_events_differ_though_nothing_has_changed(finding: Finding) -> None:
    assert replayed(replace(finding, fingerprint="0" * 64)).verdict == "unsteady"
    older = {**finding.versions, "simpy": "3.0"}
    other = replayed(replace(finding, fingerprint="0" * 64, versions=older))
    assert (other.verdict, list(other.changed)) == ("reproduced otherwise", ["simpy"])
    elsewhere = replayed(replace(finding, role="another", fingerprint="0" * 64, versions=older))
    assert elsewhere.verdict == "fails otherwise"
    assert not elsewhere.is_over


def test_runs_that_differ_from_each_other_are_told(finding: Finding) -> None:
    same = Repetition(finding.fingerprint, {("I2", "single"): 0})
    other = Repetition("1" * 64, same.failures)
    assert Replayed(finding, (same, other), {"simpy": ("3.0", "4.0")}).verdict == "unsteady"
    assert not Replayed(finding, (same, other)).is_over


def test_versions_tell_scenario_design_and_core_apart() -> None:
    def differing(**target: object) -> list[str]:
        return list(changed(versions_of(SMALL), versions_of(replace(SMALL, **target))))  # type: ignore[arg-type]

    assert differing(scenario="normal_day") == ["scenario", "design"]
    assert differing(design="hybrid") == ["design"]
    assert differing(core=CANARY.core) == ["own core"]


@pytest.mark.campaign
def test_a_finding_is_reproduced_a_hundred_times_of_a_hundred(tmp_path: Path) -> None:
    path = found_file(tmp_path)
    *_, last = replayed_elsewhere(read_finding(path), path, 100)
    assert last.as_json()["reproduced"] == 100
