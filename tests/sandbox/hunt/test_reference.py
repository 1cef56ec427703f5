"""A finding is held against the reference core: an invariant that is too strict is noticed as a false alarm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.hunt.crew import Alone
from sandbox.hunt.finding import Finding, found_in, read_finding, write_finding
from sandbox.hunt.hunting import hunt
from sandbox.hunt.reference import beside_reference, blame
from sandbox.hunt.request import HuntRequest, HuntResult
from sandbox.hunt.shrinking.shrinker import shrink
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import tried
from sandbox.oracle.invariants.no_lost_order import NoLostOrder
from tests.sandbox.hunt.found import TRIAL
from tests.sandbox.hunt.small_targets import CANARY, SMALL


@pytest.fixture
def too_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order must be in the ERP a millisecond after it was accepted, which no integration achieves."""

    def prepare(self: NoLostOrder) -> None:
        self._lost = self.deadline(1_000, self._late, "commerce", "erp", "wms", "desk")

    monkeypatch.setattr(NoLostOrder, "prepare", prepare)


def hunted(target_name: str, folder: Path) -> Finding:
    """The first finding that a hunt keeps, made small."""
    target = CANARY if target_name == "canary" else SMALL
    request = HuntRequest(target=target, budget_s=None, runs_most=1, invariants=("I1",), folder=folder, watch=False)

    def unheard(result: HuntResult) -> None:
        """Nobody watches."""

    ((found, _),) = hunt(request, Alone(), unheard).findings.values()
    return shrink(found).finding


@pytest.mark.usefixtures("too_strict")
def test_an_invariant_that_is_too_strict_is_a_false_alarm(tmp_path: Path) -> None:
    found = beside_reference(hunted("canary", tmp_path))
    assert found.is_false_alarm
    assert "false alarm" in str(blame(found))
    assert found.trial.atoms == ()
    assert read_finding(write_finding(tmp_path, found)) == found


@pytest.mark.usefixtures("too_strict")
def test_the_reference_core_itself_needs_no_fault_for_it(tmp_path: Path) -> None:
    found = beside_reference(hunted("reference", tmp_path))
    assert found.reference is None
    assert "no fault is needed" in str(blame(found))


def test_a_bug_of_the_hunted_core_is_no_false_alarm() -> None:
    outcome = tried(CANARY, TRIAL)
    violation = outcome.first("I2")
    assert violation is not None
    found = found_in(CANARY, TRIAL, outcome, violation)
    assert beside_reference(found).reference == "passes"
    fails_so = tried(SMALL, Trial())
    other = replace(outcome, violations=(replace(violation, invariant="I7", role="refunded"),))
    assert beside_reference(found, lambda *_: other).reference == "fails otherwise"
    assert beside_reference(found, lambda *_: fails_so).reference == "passes"
    assert beside_reference(replace(found, target=SMALL)).reference is None
