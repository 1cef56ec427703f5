"""What is planted is found, by the check whose business it is; an API that keeps its contract passes."""

from __future__ import annotations

from datetime import date

import pytest

from sandbox.verification.fuzz.baseline import Baseline
from sandbox.verification.fuzz.fuzzing import fuzz
from sandbox.verification.fuzz.plan import FuzzPlan
from sandbox.verification.fuzz.result import FuzzOutcome, outcome_of
from sandbox.verification.fuzz.target import Target
from sandbox.verification.outcome import Verdict
from tests.sandbox.verification.fuzz.shelf import shelves

SHORT = FuzzPlan(seed=3, examples=8)


def outcome(target: Target, plan: FuzzPlan = SHORT) -> FuzzOutcome:
    """What fuzzing it comes to, without a baseline."""
    return outcome_of(fuzz(target, plan, lambda *_: None), Baseline((), date(2026, 11, 21)))


def test_an_api_that_keeps_its_contract_passes() -> None:
    found = outcome(shelves())
    assert (found.verdict, found.findings, found.errors) == (Verdict.PASS, [], [])
    assert [one.verdict.value for one in found.operations] == ["pass", "pass"]
    assert found.tested == 2
    assert found.versions == {"shelves": "3"}
    assert found.operations[0].checks["negative_data_rejection"] > 0


@pytest.mark.parametrize(
    ("defect", "check", "code"),
    [
        ("undeclared type", "response_schema_conformance", "ST108"),
        ("fails on odd input", "not_a_server_error", "ST101"),
        ("undeclared status", "status_code_conformance", "ST103"),
        ("wrong media type", "content_type_conformance", "ST105"),
        ("takes anything", "negative_data_rejection", "ST201"),
        ("refuses what it promises", "positive_data_acceptance", "ST202"),
        ("no allow header", "unsupported_method", "ST204"),
    ],
)
def test_a_planted_defect_is_found(defect: str, check: str, code: str) -> None:
    found = outcome(shelves(defect))
    assert found.verdict is Verdict.FAIL
    hit = [finding for finding in found.new if finding.check == check]
    assert hit, found.findings
    assert hit[0].code == code
    assert hit[0].curl.startswith("curl -X ")
    assert hit[0].seed == 3
    assert {one.operation for one in found.operations if one.verdict.value == "fail"} >= {hit[0].operation}


def test_a_seed_sends_the_same_again() -> None:
    first, again = (outcome(shelves("takes anything")) for _ in range(2))
    assert first.operations == again.operations
    assert first.findings == again.findings


def test_a_refusal_that_the_contract_announces_is_none_of_the_apis_faults() -> None:
    """But an operation that did nothing else is not tested."""
    found = outcome(shelves("knows two items"))
    assert found.findings[1:] == []
    assert found.operations[0].announced_refusals > 0
    assert found.operations[0].verdict.value == "not tested"
    assert found.operations[0].why is not None
    assert found.operations[0].why.startswith("no request was accepted (")


def test_known_values_are_sent() -> None:
    found = outcome(shelves("knows two items", values={"sku": ("CUP", "LAMP")}))
    assert (found.verdict, found.findings) == (Verdict.PASS, [])
    assert found.operations[0].accepted > 10


def test_nothing_tested_is_a_failure() -> None:
    found = outcome(shelves(), FuzzPlan(examples=2, operations=("getShelf",), phases=("fuzzing",)))
    assert (found.verdict, found.tested, found.not_tested) == (Verdict.FAIL, 0, 1)
    assert found.findings[0].message == "no operation was tested: none accepted a request"
