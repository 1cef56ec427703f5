"""The kill matrix: a mutant is found by the search and told in a row; what comes of all is counted fairly."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.hunt.finding import read_finding
from sandbox.oracle.invariants.no_duplicate_order import NoDuplicateOrder
from tests.campaign.confirmations import with_live_answer
from tests.campaign.kills import FALSE_ALARM, KILLED, MISSED, Limits, Row, inexpressible, killed
from tests.campaign.matrix import figures_of

FEW = Limits(runs=200, hunt_s=240.0, shrink_s=60.0)


@pytest.mark.campaign
def test_a_mutant_is_found_by_the_search_and_made_small(tmp_path: Path) -> None:
    row = killed("B08", FEW, tmp_path)
    assert (row.status, row.invariant, row.minimal) == (KILLED, "I2", True)
    assert row.atoms == 1
    assert row.seconds > 0
    assert row.file is not None
    found = read_finding(Path(row.file))
    assert (found.invariant, found.role, found.reference) == (row.invariant, row.role, "passes")


@pytest.mark.campaign
def test_what_the_reference_core_breaks_too_is_no_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = NoDuplicateOrder.prepare

    def prepare(self: NoDuplicateOrder) -> None:
        original(self)
        too_soon = self.deadline(1, self._too_late, "commerce", "erp")
        too_soon.heat("anything", 0)

    def too_late(self: NoDuplicateOrder, key: str, since_us: int, due_us: int) -> None:
        self.findings.append(self.finding("single", None, key, due_us, "too strict"))

    monkeypatch.setattr(NoDuplicateOrder, "prepare", prepare)
    monkeypatch.setattr(NoDuplicateOrder, "_too_late", too_late, raising=False)
    row = killed("B08", FEW, tmp_path)
    assert row.status == FALSE_ALARM
    assert "fails in the same way" in row.reason
    assert asyncio.run(with_live_answer(row)) == row


def test_a_hunt_that_finds_nothing_says_so(tmp_path: Path) -> None:
    row = killed("B71", Limits(runs=1), tmp_path)
    assert (row.status, row.invariant, row.runs) == (MISSED, None, 1)
    assert not list(tmp_path.rglob("*.yaml"))


def test_shares_are_of_what_was_killed_and_of_what_can_be_live() -> None:
    good = Row("B01", KILLED, invariant="I1", runs=10, seconds=2.0, atoms=1, live="confirmed")
    rows = [
        good,
        replace(good, mutant="B02", atoms=4, live="not confirmed", seconds=20.0, runs=30),
        replace(good, mutant="B03", live="not expressible", seconds=4.0, runs=20),
        Row("B04", MISSED, runs=500, seconds=100.0),
        Row("B05", FALSE_ALARM, atoms=0),
        Row("B06", "not expressible", reason="no such mechanism"),
    ]
    assert figures_of(rows) == {
        "catalogue": 6,
        "planted": 5,
        "killed": 3,
        "false_alarms": 1,
        "small_share": 0.667,
        "median_seconds": 4.0,
        "median_runs": 20,
        "live_expressible": 2,
        "live_confirmed_share": 0.5,
    }
    assert figures_of([])["small_share"] is None
    assert all(row.reason for row in inexpressible())
