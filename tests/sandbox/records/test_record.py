"""The record: what goes in comes out, whatever ends the run; nobody's folder is overwritten."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.ledger import Fact
from sandbox.errors import InputError
from sandbox.records import recording
from sandbox.records.record import Record, RecordedFact
from sandbox.records.record_folder import RecordError
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import InvariantResult, Summary

BEGUN = Summary(title="T", scenario="normal_day", design="hybrid", seed=7, repeat="sandbox run normal_day --seed 7")
ACCEPTED = Fact(1, 1000, "commerce", "order.accepted", "W-000001", "W-000001", {"seq": 1, "name": "Zoë"}, "ab", None)
POSTED = Fact(1, 1000, "erp", "invoice.posted", "INV-1", "W-000001", {"total_minor": 995}, "ab", 3)
LISTED = Fact(2, 2000, "commerce", "item.listed", "85123A", None, {}, None, None)

_values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
_facts = st.builds(
    Fact,
    seq=st.integers(1, 10**6),
    at_us=st.integers(0, 2**60),
    system=st.sampled_from(["erp", "wms"]),
    kind=st.just("thing.done"),
    entity=st.text(max_size=8).filter(lambda text: "\x00" not in text),
    order=st.none() | st.just("W-000001"),
    data=st.dictionaries(st.text(max_size=4), _values | st.lists(_values, max_size=3), max_size=4),
    trace=st.none() | st.just("ab" * 16),
    fence=st.none() | st.integers(0, 2**40),
)


def recorded(seq: int, fact: Fact) -> RecordedFact:
    return RecordedFact(
        seq, fact.at_us, fact.system, fact.seq, fact.kind, fact.entity, fact.order, fact.trace, fact.fence, fact.data
    )


def test_what_goes_in_comes_out(tmp_path: Path) -> None:
    writer = RecordWriter(tmp_path / "r", BEGUN)
    writer.fact(ACCEPTED)
    writer.note(1001, "faults", "call.faulted", "postInvoice", "W-000001", {"outcome": "fault.lost_reply:F1"})
    writer.fact(POSTED)
    writer.fact(LISTED)
    for at_us in (300, 100):
        writer.sample(at_us, "backlog", at_us / 2)
    done = BEGUN.model_copy(update={"invariants": [InvariantResult(id="I1", name="n", verdict="violated", checked=3)]})
    written = writer.close(done)
    record = Record.open(tmp_path / "r")
    assert record == written
    assert not record.summary.succeeded
    assert list(record.facts()) == [recorded(1, ACCEPTED), recorded(3, POSTED), recorded(4, LISTED)]
    assert [fact.seq for fact in record.facts(order="W-000001")] == [1, 3]
    assert [fact.seq for fact in record.facts(entity="85123A")] == [4]
    assert [(note.seq, note.kind) for note in record.notes(order="W-000001")] == [(2, "call.faulted")]
    assert record.series_names() == ["backlog"]
    assert record.series("backlog") == [(100, 50.0), (300, 150.0)]
    assert [path.name for path in tmp_path.iterdir()] == ["r"], "nothing half-written lies beside the record"


@given(st.lists(_facts, max_size=30))
@settings(max_examples=30, deadline=None)
def test_facts_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, facts: list[Fact]) -> None:
    folder = tmp_path_factory.mktemp("records") / "r"
    with RecordWriter(folder, BEGUN) as writer:
        for fact in facts:
            writer.fact(fact)
        record = writer.close(BEGUN)
    assert list(record.facts()) == [recorded(seq, fact) for seq, fact in enumerate(facts, start=1)]


@pytest.mark.parametrize(
    ("error", "told"), [(KeyboardInterrupt(), "the user stopped it"), (ValueError("odd"), "ValueError: odd")]
)
def test_an_interrupted_run_leaves_a_record_that_says_so(tmp_path: Path, error: BaseException, told: str) -> None:
    def run() -> None:
        with RecordWriter(tmp_path / "r", BEGUN) as writer:
            writer.fact(ACCEPTED)
            raise error

    with pytest.raises(type(error)):
        run()
    record = Record.open(tmp_path / "r")
    assert (record.summary.finished, record.summary.interrupted) == (False, told)
    assert not record.summary.succeeded
    assert [fact.entity for fact in record.facts()] == ["W-000001"]


def test_a_killed_run_leaves_what_was_flushed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "_BATCH", 2)
    writer = RecordWriter(tmp_path / "r", BEGUN)
    for fact in (ACCEPTED, POSTED, LISTED):
        writer.fact(fact)
    (unfinished,) = tmp_path.iterdir()
    record = Record.open(unfinished)
    assert record.summary.interrupted == "the program was stopped"
    assert [fact.entity for fact in record.facts()] == ["W-000001", "INV-1"]


def test_an_older_record_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    with RecordWriter(tmp_path / "r", BEGUN) as writer:
        writer.fact(ACCEPTED)
        writer.close(BEGUN)
    (tmp_path / "r" / "report.html").write_text("old")
    with RecordWriter(tmp_path / "r", BEGUN) as writer:
        assert len(list(Record.open(tmp_path / "r").facts())) == 1, "the older one stands until the newer is complete"
        writer.close(BEGUN)
    assert list(Record.open(tmp_path / "r").facts()) == []
    assert not (tmp_path / "r" / "report.html").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("dear")
    with pytest.raises(InputError, match=r"not a run's record.*--out"):
        RecordWriter(tmp_path / "mine", BEGUN)
    with pytest.raises(InputError, match="is a file"):
        RecordWriter(tmp_path / "mine" / "thesis.tex", BEGUN)
    with pytest.raises(InputError, match="cannot be made"):
        RecordWriter(tmp_path / "mine" / "thesis.tex" / "r", BEGUN)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.tex"]


def test_a_full_disk_is_told_in_words(tmp_path: Path) -> None:
    def run() -> None:
        with RecordWriter(tmp_path / "r", BEGUN) as writer:
            writer._db.execute("PRAGMA max_page_count=10")
            for _ in range(3000):
                writer.fact(ACCEPTED)
            writer.flush()

    with pytest.raises(RecordError, match=r"could not be written .*full"):
        run()
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        Record.open(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is not a run's record"):
        Record.open(tmp_path)
    with RecordWriter(tmp_path / "r", BEGUN) as writer:
        writer.close(BEGUN)
    (tmp_path / "r" / "record.json").write_text('{"title": "T"}')
    with pytest.raises(InputError, match=r"record\.json: scenario: cannot be read as a record"):
        Record.open(tmp_path / "r")


def test_a_record_cannot_be_changed_by_its_readers(tmp_path: Path) -> None:
    with RecordWriter(tmp_path / "r", BEGUN) as writer:
        record = writer.close(BEGUN)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        record._connect().execute("DELETE FROM facts")
