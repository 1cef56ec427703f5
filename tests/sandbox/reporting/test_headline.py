"""The one sentence that everybody reads."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from sandbox.records.summary import ExpectationResult, Finding, InvariantResult, Summary
from sandbox.reporting.headline import headline

NAMES = {"I1": "No order is lost", "I2": "", "I4": "", "I6": "", "I7": "Money is conserved", "X9": "House rule"}
MISSED = ExpectationResult(text="orders accepted >= 5", passed=False, actual="4")


def run(verdicts: dict[str, Literal["pass", "violated", "unknown"]], *findings: Finding, **more: Any) -> Summary:
    invariants = [
        InvariantResult(id=name, name=NAMES[name], verdict=verdict, violations=2) for name, verdict in verdicts.items()
    ]
    told: dict[str, Any] = {"title": "T", "scenario": "s", "design": "d", "seed": 1, "repeat": "r", **more}
    return Summary(invariants=invariants, findings=list(findings), **told)


def found(invariant: str, role: str, order: str | None, entity: str = "E-1") -> Finding:
    return Finding(invariant=invariant, role=role, order=order, entity=entity, at_us=0, message="m")


ALL_PASS: dict[str, Literal["pass", "violated", "unknown"]] = dict.fromkeys(("I1", "I2", "I4", "I6", "I7"), "pass")


def test_what_held_is_said_of_all_orders() -> None:
    assert headline(run(ALL_PASS), 4812) == ("pass", "4,812 orders, none lost, doubled or wrongly invoiced")
    assert headline(run(ALL_PASS), 1) == ("pass", "1 order, none lost, doubled or wrongly invoiced")


@pytest.mark.parametrize(
    ("unknown", "told"),
    [
        ("I7", "9 orders, none lost or doubled"),
        ("I4", "9 orders, none lost or wrongly invoiced"),
        ("I1", "9 orders, none doubled or wrongly invoiced"),
    ],
)
def test_what_was_not_exercised_is_not_claimed(unknown: str, told: str) -> None:
    assert headline(run({**ALL_PASS, unknown: "unknown"}), 9) == ("pass", told)


def test_nothing_is_claimed_of_nothing() -> None:
    assert headline(run({"I1": "unknown"}), 9) == ("pass", "9 orders, no invariant violated")
    assert headline(run({}), 9) == ("unknown", "9 orders: nothing was judged")
    assert headline(run(ALL_PASS), 0) == ("unknown", "No orders were accepted, so there was little to judge")
    assert headline(run({}, finished=False), 3)[0] == "unknown"


def test_breaches_are_counted_by_those_whom_they_concern() -> None:
    findings = [
        found("I6", "ahead", "W-1"),
        found("I6", "once", "W-1"),
        found("I6", "once", "W-2"),
        found("I6", "once", "W-2"),
        found("I6", "owed", "W-3"),
    ]
    tone, told = headline(run({**ALL_PASS, "I6": "violated"}, *findings), 100)
    assert (tone, told) == (
        "violated",
        "2 orders were invoiced twice and 1 shipped order was not invoiced (100 orders accepted)",
    )


def test_an_order_that_is_there_twice_is_not_called_lost() -> None:
    findings = [found("I1", "accounted", "W-1"), found("I2", "single", "W-1")]
    violated = {**ALL_PASS, "I1": "violated", "I2": "violated"}
    assert headline(run(violated, *findings), 10)[1] == "1 order was entered twice in the ERP (10 orders accepted)"
    told = headline(run(violated, *findings, found("I1", "accounted", "W-2")), 10)[1]
    assert told == "1 order was lost and 1 order was entered twice in the ERP (10 orders accepted)"


def test_a_card_that_was_charged_rightly_for_one_of_two_invoices_is_not_called_charged_wrongly() -> None:
    findings = [found("I7", "captures", "W-1"), found("I7", "captures", "W-2")]
    told = headline(run({**ALL_PASS, "I7": "violated"}, *findings), 10)[1]
    assert told == "2 orders have card charges that do not add up (10 orders accepted)"


def test_many_kinds_are_not_all_told() -> None:
    roles = {"I1": "accounted", "I2": "single", "I4": "unused", "I6": "once", "I7": "captures"}
    findings = [found(invariant, role, "W-0" if invariant == "I1" else "W-1") for invariant, role in roles.items()]
    told = headline(run(dict.fromkeys(roles, "violated"), *findings), 10)[1]
    assert told == (
        "1 order was lost, 1 order was entered twice in the ERP, 1 paid label was never used and 2 other kinds of "
        "breach (10 orders accepted)"
    )


def test_what_has_no_words_is_told_by_its_name() -> None:
    assert headline(run({"X9": "violated"}, found("X9", "", None)), 10)[1].startswith(
        "“House rule” was violated 2 times"
    )
    assert headline(run({"I7": "violated"}), 10)[1].startswith("“Money is conserved” was violated 2 times")


def test_a_run_that_missed_something_is_no_success() -> None:
    tone, told = headline(run(ALL_PASS, expectations=[MISSED]), 4)
    assert (tone, told) == (
        "violated",
        "4 orders, none lost, doubled or wrongly invoiced, but 1 expectation not met",
    )
    tone, told = headline(run(ALL_PASS, deterministic=False), 4)
    assert tone == "violated"
    assert told.endswith("but the run does not repeat exactly")
