"""The story of a finding: everything that led to it, in order, with its evidence where the eye falls on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.records.record import Record
from sandbox.records.summary import Finding
from sandbox.reporting.books import opened
from sandbox.reporting.lives import Lives, Step, Story
from sandbox.reporting.story_choice import chosen
from sandbox.reporting.swim_lanes import LEFT, WIDTH, swim_lanes
from tests.sandbox.oracle.history import START_US, History
from tests.sandbox.reporting.believable import bad_day, record_of


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return bad_day(tmp_path_factory.mktemp("stories") / "r")


def story(record: Record, finding: Finding, limit: int = 48) -> Story:
    with opened(record.folder) as books:
        return Lives(books, limit).story(finding)


def invoiced_twice(record: Record) -> Finding:
    return next(finding for finding in record.summary.findings if finding.role == "once")


def test_an_orders_life_is_told_from_acceptance_to_its_second_invoice(record: Record) -> None:
    told = story(record, invoiced_twice(record))
    kinds = [step.kind for step in told.steps]
    assert kinds[0] == "order.accepted"
    assert kinds.count("invoice.posted") == 2
    assert [step.kind for step in told.steps if step.is_evidence] == ["invoice.posted", "invoice.posted"]
    assert [step.at_us for step in told.steps] == sorted(step.at_us for step in told.steps)
    assert [step.place for step in told.steps] == list(range(1, len(told.steps) + 1))
    assert {"commerce", "erp", "wms", "carrier"} <= {step.lane for step in told.steps}
    assert "gl.posted" not in kinds, "the document before it says the same"
    assert told.left_out == 0


def test_faults_and_what_the_core_noticed_are_part_of_it(record: Record) -> None:
    struck = next(note.order for note in record.notes() if note.source == "faults")
    told = story(record, Finding(invariant="I1", order=struck, entity="x", at_us=0, message="m"))
    (fault,) = [step for step in told.steps if step.is_fault]
    assert (fault.lane, fault.is_fact) == ("erp", False)
    assert [step.lane for step in told.steps if step.kind == "call.timed-out"] == ["core"]


def test_a_long_life_is_told_at_its_beginning_and_around_its_evidence(record: Record) -> None:
    finding = invoiced_twice(record)
    whole, short = story(record, finding), story(record, finding, limit=14)
    assert len(short.steps) == 14
    assert short.left_out == len(whole.steps) - 14
    assert [step.text for step in short.steps[:10]] == [step.text for step in whole.steps[:10]]
    assert sum(step.is_evidence for step in short.steps) == 2


def test_an_item_has_a_story_too(tmp_path: Path) -> None:
    history = History()
    history.wait(5)
    history.adjust("LDS", "A", -3)
    record = record_of(tmp_path / "r", history)
    finding = Finding(invariant="I9", entity="A", at_us=history.now_us, message="m", evidence=[("wms", 7)])
    told = story(record, finding)
    assert [step.kind for step in told.steps][-1] == "stock.moved"
    assert all(step.at_us <= history.now_us for step in told.steps)
    assert [step.kind for step in told.steps if step.is_evidence] == ["stock.moved"]


def test_a_finding_that_no_book_knows_has_no_steps(record: Record) -> None:
    told = story(record, Finding(invariant="I1", order="W-999999", entity="x", at_us=0, message="m"))
    assert told.steps == ()
    assert swim_lanes(told.steps).marks == ()


_steps = st.lists(st.tuples(st.integers(0, 10**12), st.sampled_from(["commerce", "core", "erp", "edi"])), max_size=60)


@given(_steps)
def test_lanes_hold_every_step_in_its_order(steps: Sequence[tuple[int, str]]) -> None:
    told = [
        Step(place, START_US + at_us, lane, "k", "t", True, False, False)
        for place, (at_us, lane) in enumerate(sorted(steps), start=1)
    ]
    picture = swim_lanes(told)
    places = [mark.x for mark in picture.marks]
    assert len(places) == len(told)
    assert all(LEFT < x <= WIDTH for x in places)
    assert all(before < after for before, after in pairwise(places))
    assert all(0 < mark.y < picture.height for mark in picture.marks)
    assert {mark.y for mark in picture.marks} == {lane.y for lane in picture.lanes}
    labels = [time.x for time in picture.times]
    assert all(after - before >= 84 for before, after in pairwise(labels))


def test_each_kind_of_finding_is_told_before_any_is_told_twice() -> None:
    def finding(invariant: str, role: str, at_us: int) -> Finding:
        return Finding(invariant=invariant, role=role, at_us=at_us, message="m")

    findings = [finding("I6", "once", at_us) for at_us in range(20)]
    findings += [finding("I6", "owed", 20), finding("I1", "accounted", 21), finding("I6", "owed", 22)]
    told = chosen(findings, limit=4)
    assert [(one.invariant, one.role) for one in told] == [
        ("I6", "once"),
        ("I6", "once"),
        ("I6", "owed"),
        ("I1", "accounted"),
    ]
    assert [one.at_us for one in told] == [0, 1, 20, 21]
    assert [one.invariant for one in chosen(findings, limit=2)] == ["I6", "I1"]
