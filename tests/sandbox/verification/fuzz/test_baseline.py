"""Known findings count for nothing until they expire; those that are gone are told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.verification.fuzz.baseline import Baseline, KnownFinding, read_baseline, write_baseline
from sandbox.verification.fuzz.findings import FuzzFinding, finding_id
from sandbox.verification.fuzz.fuzzed import Fuzzed
from sandbox.verification.fuzz.plan import FuzzPlan
from sandbox.verification.fuzz.result import outcome_of
from sandbox.verification.fuzz.tally import OperationTally
from sandbox.verification.outcome import Verdict
from tests.sandbox.verification.fuzz.shelf import shelves

TODAY = date(2026, 11, 21)
FOUND, GONE = "0123456789ab", "ba9876543210"


def finding(name: str = FOUND) -> FuzzFinding:
    return FuzzFinding(
        message="it answers 500",
        id=name,
        check="not_a_server_error",
        code="ST101",
        operation="POST /shelves",
        title="Server error",
        severity="critical",
        phase="fuzzing",
        curl="curl -X POST http://shelves.test/shelves",
        seed=1,
    )


def fuzzed() -> Fuzzed:
    tallies = {label: OperationTally(label) for label in ("POST /shelves", "GET /shelves/{shelf}")}
    tallies["POST /shelves"].heard("POST", 201)
    return Fuzzed(shelves(), FuzzPlan(), tallies, {FOUND: finding()})


def written(tmp_path: Path, **more: str) -> Path:
    path = tmp_path / "known.yaml"
    entry = {"id": FOUND, "check": "not_a_server_error", "operation": "POST /shelves", "reason": "ERP 7 does so"}
    lines = [f"{'-' if key == 'id' else ' '} {key}: {value!r}" for key, value in {**entry, **more}.items()]
    path.write_text("findings:\n" + "\n".join(lines) + "\n")
    return path


def test_a_known_finding_does_not_fail_and_tells_its_reason(tmp_path: Path) -> None:
    baseline = read_baseline(written(tmp_path, ticket="ERP-12", expires="2026-11-22"), TODAY)
    told = outcome_of(fuzzed(), baseline)
    assert (told.verdict, told.new, told.expired, told.unmatched) == (Verdict.PASS, [], [], [])
    known = told.findings[0]
    assert isinstance(known, FuzzFinding)
    assert (known.known, known.reason, known.ticket) == (True, "ERP 7 does so", "ERP-12")
    assert told.operations[0].verdict.value == "known findings"


def test_an_expired_one_counts_again(tmp_path: Path) -> None:
    told = outcome_of(fuzzed(), read_baseline(written(tmp_path, expires="2026-11-21"), TODAY))
    assert (told.verdict, told.expired, len(told.new)) == (Verdict.FAIL, [FOUND], 1)


def test_one_that_fits_nothing_any_more_is_told_if_its_operation_was_tested() -> None:
    def entry(name: str, operation: str) -> KnownFinding:
        return KnownFinding(id=name, check="not_a_server_error", operation=operation, reason="r")

    baseline = Baseline([entry(GONE, "POST /shelves"), entry("a" * 12, "GET /shelves/{shelf}")], TODAY)
    assert outcome_of(fuzzed(), baseline).unmatched == [GONE]


def test_an_update_keeps_what_fits_and_adds_what_is_new(tmp_path: Path) -> None:
    old = [
        KnownFinding(id=GONE, check="c", operation="POST /shelves", reason="gone"),
        KnownFinding(id="a" * 12, check="c", operation="GET /other", reason="not tested now", ticket="T-1"),
    ]
    path = tmp_path / "known.yaml"
    write_baseline(path, Baseline(old, TODAY).updated({FOUND: finding()}, {"POST /shelves"}))
    again = read_baseline(path, TODAY)
    assert again.marked(finding()).reason == "found on 2026-11-21; nobody has judged it yet"
    assert again.unmatched((), {"GET /other", "POST /shelves"}) == [old[1], again.unmatched((), {"POST /shelves"})[0]]


@pytest.mark.parametrize(
    ("line", "told"),
    [("  reason: ''", "findings[0].reason"), ("  expires: soon", "findings[0].expires"), ("  why: x", "why")],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "known.yaml"
    path.write_text(f"findings:\n- id: {FOUND}\n  check: c\n  operation: GET /x\n{line}\n")
    with pytest.raises(InputError) as error:
        read_baseline(path, TODAY)
    assert told in str(error.value)
    assert f"{path}:" in str(error.value)


def test_an_id_stays_the_same_and_depends_on_what_was_found() -> None:
    assert finding_id("erp", ("GET /x", "c")) == finding_id("erp", ("GET /x", "c"))
    assert finding_id("erp", ("GET /x", "c")) != finding_id("wms", ("GET /x", "c"))
