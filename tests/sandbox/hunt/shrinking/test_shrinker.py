"""Shrinking on toy failures: the result fails, each single removal passes, and it is always the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.faults.atoms import CrashAtom
from sandbox.hunt.minimality import NEEDS_LUCK, PASSES
from sandbox.hunt.outcome import Outcome, Site, Violation
from sandbox.hunt.scheduling import FIFO
from sandbox.hunt.shrinking.attempts import BudgetSpent, Progress
from sandbox.hunt.shrinking.scenarios import simplified
from sandbox.hunt.shrinking.shrinker import NotReproduced, shrink
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial
from sandbox.hunt.trying import prepared
from tests.sandbox.hunt.shrinking.toys import PCT, REFERENCES, TARGET, Toy, drawn, finding_of
from tests.sandbox.hunt.small_targets import HOUR, window


@st.composite
def failures(draw: st.DrawFn) -> tuple[Trial, Toy]:
    """A trial of many faults, and a toy that fails by a few of them."""
    atoms = drawn(draw(st.integers(0, 10_000)))
    kinds = draw(st.frozensets(st.sampled_from(sorted({atom.kind for atom in atoms})), max_size=3))
    orders = draw(st.frozensets(st.sampled_from(REFERENCES), max_size=3))
    scheduling = draw(st.sampled_from([FIFO, PCT]))
    ties = scheduling != FIFO and draw(st.booleans())
    return Trial(3, atoms, draw(st.sampled_from([None, REFERENCES])), scheduling), Toy(kinds, orders, ties)


@settings(max_examples=25, deadline=None)
@given(failures())
def test_the_result_fails_and_every_single_removal_passes(found: tuple[Trial, Toy]) -> None:
    trial, toy = found
    small = shrink(finding_of(trial), carry_out=toy).finding
    left = small.trial
    assert toy(TARGET, left).failures == (("I2", "single"),)
    assert small.minimality is not None
    assert small.minimality.complete
    assert {removal.verdict for removal in small.minimality.removals} <= {PASSES}
    for atom in left.atoms:
        assert not toy(TARGET, replace(left, atoms=tuple(one for one in left.atoms if one is not atom))).failures
    for order in left.orders or ():
        kept = tuple(one for one in left.orders or () if one != order)
        assert not toy(TARGET, replace(left, orders=kept)).failures
    assert len(left.atoms) == len(toy.kinds)
    assert set(left.orders or ()) == toy.orders
    assert (left.scheduling == FIFO) == (not toy.ties)
    rows = [removal.without for removal in small.minimality.removals]
    assert rows == [*(atom.id for atom in left.atoms), *(left.orders or ()), *(["drawn ties"] * toy.ties)]


@settings(max_examples=10, deadline=None)
@given(failures())
def test_the_same_finding_is_shrunk_to_the_same_trial(found: tuple[Trial, Toy]) -> None:
    trial, toy = found
    first, second = (shrink(finding_of(trial), carry_out=toy).finding for _ in range(2))
    assert first == second


def test_items_that_an_order_names_stay() -> None:
    own = {"demand": {"orders": [{"at": "9:00", "lines": [{"sku": "SKU-0008", "quantity": 1}]}]}}
    target = replace(TARGET, overrides=own)
    assert simplified(target, {"demand": {"skus": 1}}) is None
    assert simplified(target, {"demand": {"customers": 1}}) is not None


def test_another_failure_in_its_place_is_no_reproduction() -> None:
    atoms = drawn(7)
    toy = Toy(frozenset({atoms[0].kind, atoms[1].kind}), other=True)
    small = shrink(finding_of(Trial(1, atoms)), carry_out=toy).finding
    assert {atom.kind for atom in small.trial.atoms} == toy.kinds
    assert small.minimality is not None
    assert {removal.verdict for removal in small.minimality.removals} == {"fails otherwise: I7 (cents)"}


def test_what_is_sure_to_fail_is_not_shrunk_to_what_takes_luck() -> None:
    atoms = drawn(7)
    toy = Toy(frozenset({atoms[0].kind}), orders=frozenset(REFERENCES[4:5]), sure=4)
    small = shrink(finding_of(Trial(1, atoms)), carry_out=toy).finding
    assert small.trial.luck == 0
    assert len(small.trial.orders or ()) == 4
    assert toy(TARGET, replace(small.trial, luck=3)).failures
    assert small.minimality is not None
    assert small.minimality.complete
    verdicts = [removal.verdict for removal in small.minimality.removals]
    assert sorted(verdicts) == [NEEDS_LUCK] * 3 + [PASSES] * 2


def test_the_small_one_stays_where_the_budget_does_not_last_for_a_sure_one() -> None:
    atoms = drawn(7)
    toy = Toy(frozenset({atoms[0].kind}), orders=frozenset(REFERENCES[4:5]), sure=4)

    def carry_out(target: Target, trial: Trial) -> Outcome:
        if trial.luck and trial.orders is not None and len(trial.orders) > 1:
            raise BudgetSpent  # among thirty orders it is sure already, and fewer are tried
        return toy(target, trial)

    small = shrink(finding_of(Trial(1, atoms)), carry_out=carry_out).finding
    assert small.trial.orders == REFERENCES[4:5]
    assert small.minimality is not None
    assert small.minimality.complete


def test_a_power_cut_at_a_moment_is_aimed_at_what_takes_no_luck() -> None:
    noon_us = 12 * HOUR
    at_us = prepared(TARGET)[0].start_us + noon_us
    told = Site("call", "commerce", "tellStatus", "W-000001", 3, at_us)
    issued = Site("call", "erp", "postGoodsIssue", "W-000001", 1, at_us + 400)

    def carry_out(target: Target, trial: Trial) -> Outcome:
        cuts = [atom for atom in trial.atoms if isinstance(atom, CrashAtom)]
        fails = any(trial.luck == 0 or cut.operation == "postGoodsIssue" for cut in cuts)
        found = [Violation("I2", "single", "W-000001", "GI-1", at_us, "issued twice")] if fails else []
        return Outcome(tuple(found), "0" * 64, "quiet", {"F1": 1}, {"R-1": "W-000001"}, (told, issued))

    cut = CrashAtom(id="F1", down_for_us=1_000_000, at_us=noon_us + 100, window=window(0))
    small = shrink(finding_of(Trial(1, (cut,))), carry_out=carry_out).finding
    assert [getattr(atom, "operation", None) for atom in small.trial.atoms] == ["postGoodsIssue"]


def test_what_takes_luck_from_the_first_is_shrunk_as_it_is() -> None:
    atoms = drawn(7)
    toy = Toy(frozenset({atoms[0].kind}), orders=frozenset(REFERENCES[4:5]), sure=40)
    small = shrink(finding_of(Trial(1, atoms)), carry_out=toy).finding
    assert small.trial.orders == REFERENCES[4:5]
    assert small.minimality is not None
    assert {removal.verdict for removal in small.minimality.removals} == {PASSES}


def test_what_passes_now_is_not_shrunk() -> None:
    with pytest.raises(NotReproduced):
        shrink(finding_of(Trial(1)), carry_out=Toy(frozenset({"outage"})))


@pytest.mark.parametrize("runs", [1, 3, 9])
def test_stopping_keeps_the_smallest_so_far(runs: int) -> None:
    atoms = drawn(11)
    toy = Toy(frozenset({atoms[2].kind}), frozenset(REFERENCES[4:6]))

    def hear(progress: Progress) -> None:
        if progress.runs == runs:
            raise KeyboardInterrupt

    shrunk = shrink(finding_of(Trial(1, atoms)), hear=hear, carry_out=toy)
    assert shrunk.stopped
    assert len(toy.tried) == runs
    assert shrunk.finding.trial in [*toy.tried, Trial(1, atoms)]
    assert toy(TARGET, shrunk.finding.trial).failures
    assert shrunk.finding.minimality is None or not shrunk.finding.minimality.complete


def test_a_budget_that_is_spent_is_no_error() -> None:
    atoms = drawn(11)
    shrunk = shrink(finding_of(Trial(1, atoms)), budget_s=0.0, carry_out=Toy(frozenset({atoms[2].kind})))
    assert not shrunk.stopped
    assert shrunk.finding.trial == Trial(1, atoms)
