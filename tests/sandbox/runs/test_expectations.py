"""Expectations: every form is understood, met where it holds, and missed where it does not."""

from __future__ import annotations

import pytest

from sandbox.records.summary import BookResult, ExceptionResult, FigureResult, InvariantResult, Summary
from sandbox.runs.expectations import FORMS, ExpectationError, parse
from sandbox.runs.figure_names import figure_names

INVARIANTS = {"I1": "No order is lost", "I2": "No order is doubled", "I6": "Invoices follow shipments"}


def summary(**changes: object) -> Summary:
    values = {
        "orders accepted": 350,
        "perfect order share": 95.4,
        "order to ship p95": 26,
        "inventory sync lag p95": 90,
        "peak in flight at erp": 20,
        "exceptions": None,
    }
    figures = [FigureResult(name=name, value=value, unit=figure_names()[name].unit) for name, value in values.items()]
    invariants = [
        InvariantResult(id="I1", name="n", verdict="pass", checked=350),
        InvariantResult(id="I2", name="n", verdict="unknown"),
        InvariantResult(id="I6", name="n", verdict="violated", checked=9, violations=2),
    ]
    base = Summary(title="T", scenario="s", design="d", seed=1, repeat="r", figures=figures, invariants=invariants)
    return base.model_copy(update=changes)


@pytest.mark.parametrize(
    ("figure", "value", "told"),
    [
        ("exceptions", 1, "1 exception"),
        ("exceptions", 2, "2 exceptions"),
        ("inventory sync lag p95", 1, "1 s"),
        ("order to ship p95", 1, "1 h"),
        ("perfect order share", 1, "1%"),
    ],
)
def test_one_of_what_a_figure_counts_is_told_as_one(figure: str, value: float, told: str) -> None:
    assert figure_names()[figure].told(value) == told


def test_one_violation_is_told_as_one() -> None:
    once = InvariantResult(id="I6", name="n", verdict="violated", checked=9, violations=1)
    assert parse("no violations", INVARIANTS).result(summary(invariants=[once])).actual == "I6 violated 1 time"


@pytest.mark.parametrize(
    ("text", "passed", "actual"),
    [
        ("no violations", False, "I6 violated 2 times"),
        ("no exceptions", True, "0 exceptions"),
        ("I1 exercised", True, "350 checks or more of each"),
        ("I1 I2 exercised", False, "I2 unknown (0 checks)"),
        ("I1 I6 exercised", True, "9 checks or more of each"),
        ("I1 hold", True, "350 checks or more of each"),
        ("I1  I6 hold", False, "I6 violated (9 checks)"),
        ("I6 violated", True, "9 checks or more of each"),
        ("I1 violated", False, "I1 pass (350 checks)"),
        ("orders accepted >= 350", True, "350 orders"),
        ("orders accepted>350", False, "350 orders"),
        ("orders accepted != 351", True, "350 orders"),
        ("orders accepted < 1,000", True, "350 orders"),
        ("perfect order share >= 95%", True, "95.4%"),
        ("perfect order share >= 96", False, "95.4%"),
        ("order to ship p95 <= 1d2h", True, "26 h"),
        ("order to ship p95 <= 25h30m", False, "26 h"),
        ("inventory sync lag p95 <= 90s", True, "90 s"),
        ("peak in flight at erp <= 20", True, "20 calls"),
        ("exceptions <= 3", False, "not measured in this run"),
    ],
)
def test_an_expectation_is_met_or_missed(text: str, passed: bool, actual: str) -> None:
    result = parse(text, INVARIANTS).result(summary())
    assert (result.text, result.passed, result.actual) == (text, passed, actual)


def test_nothing_judged_is_nothing_passed() -> None:
    assert not parse("no violations", INVARIANTS).result(summary(invariants=[])).passed
    late = ExceptionResult(id="EXC-1", order=None, cause="c", subject="s", message="m", opened_us=1)
    assert parse("no exceptions", INVARIANTS).result(summary(exceptions=[late])).actual == "1 exceptions"


@pytest.mark.parametrize(
    ("compared", "unexplained", "actual"),
    [
        (9, 0, "9 entries compared"),
        (9, 2, "units: 2 differences without a reason"),
        (0, 0, "no books were compared"),
    ],
)
def test_books_agree_where_something_was_compared(compared: int, unexplained: int, actual: str) -> None:
    books = [BookResult(name="units", compared=compared, differences=unexplained, unexplained=unexplained)]
    result = parse("books agree", INVARIANTS).result(summary(books=books))
    assert (result.passed, result.actual) == (compared == 9 and not unexplained, actual)


@pytest.mark.parametrize("text", FORMS)
def test_the_forms_that_errors_show_are_understood(text: str) -> None:
    assert parse(text, INVARIANTS).text == text


@pytest.mark.parametrize("text", ["", ">= 3", "exercised", "orders accepted >=", "orders accepted ~ 3", "I1 I9 hold"])
def test_what_says_nothing_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ExpectationError) as caught:
        parse(text, INVARIANTS)
    assert caught.value.remedy
