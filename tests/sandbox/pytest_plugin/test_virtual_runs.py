"""`sandbox_run` in users' suites: what passes, what a failure says, what a mistake in a test is told."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sandbox.records.record import Record
from tests.sandbox.pytest_plugin.suites import EXAMPLES, Done, run, suite

EXAMPLE = EXAMPLES / "test_design.py"
# A morning on which the ERP's answers to new orders get lost, and a core without idempotency keys that asks again.
SUITE = """
import pytest

morning = pytest.mark.scenario("morning.yaml")
seen = []

def keyless(test):
    return morning(pytest.mark.design("keyless.yaml")(pytest.mark.seed(1)(test)))

@morning
def test_what_there_is_to_read(sandbox_run, sandbox_seed):
    seen.append(sandbox_run)
    accepted = sandbox_run.facts("order.accepted", system="commerce")
    assert sandbox_run.figures["orders accepted"] == len(accepted) > 0
    assert sandbox_run.verdicts["I1"].checked > 0
    assert any("the ERP books sales order" in line for line in sandbox_run.story(accepted[0].order))
    assert sandbox_run.seed == sandbox_seed == 2, "by --sandbox-seed"

@morning
def test_the_same_run_is_made_once(sandbox_run):
    assert sandbox_run is seen[0]

@pytest.mark.parametrize("sandbox_design", ["keyless.yaml"])
@pytest.mark.seed(1)
@morning
def test_parametrized(sandbox_run):
    sandbox_run.assert_invariants(ignoring=["I1", "I2", "I8", "I10", "I12", "I13", "I16"])
    assert sandbox_run.summary.design == "keyless"

@keyless
def test_broken(sandbox_run):
    sandbox_run.assert_invariants()

@keyless
def test_not_exercised(sandbox_run):
    sandbox_run.assert_holds("I10")

@keyless
def test_expected(sandbox_run):
    sandbox_run.assert_expected("I1 exercised", "orders accepted >= 9,999")

@keyless
def test_own_assertion(sandbox_run):
    assert sandbox_run.figures["orders accepted"] < 3

@pytest.mark.scenario("normal_dya")
def test_no_scenario(sandbox_run): ...

@pytest.mark.scenario("wrong.yaml")
def test_wrong_file(sandbox_run): ...

def test_no_marker(sandbox_run): ...

@pytest.mark.scenario
def test_empty_marker(sandbox_run): ...

@keyless
def test_no_invariant(sandbox_run):
    sandbox_run.assert_holds("I99")

@keyless
def test_no_kind(sandbox_run):
    assert not sandbox_run.facts("order.losst")

@keyless
def test_no_system(sandbox_run):
    assert not sandbox_run.facts(system="epr")

@keyless
def test_no_figure(sandbox_run):
    sandbox_run.assert_expected("orders acepted >= 1")
"""


# What is said of each test that does not pass.
TOLD = {
    "test_not_exercised": (
        "failure",
        "I10 What is stuck is surfaced: unknown, 0 violations in 0 checks",
        "  not judged: ",
    ),
    "test_expected": ("failure", "1 expectation missed", "expected 'orders accepted >= 9,999', seen: "),
    "test_own_assertion": (
        "failure",
        "Repeat: sandbox run morning.yaml --design keyless.yaml --seed 1",
        "/sandbox0/morning-keyless-1/report.html",
    ),
    "test_no_invariant": ("failure", "there is no invariant 'I99'"),
    "test_no_kind": ("failure", "there are no facts of kind 'order.losst'; "),
    "test_no_system": ("failure", "there is no system 'epr'; did you mean 'erp'?"),
    "test_no_figure": ("failure", "there is no figure 'orders acepted'; did you mean 'orders accepted'?"),
    "test_no_scenario": ("error", "there is no scenario 'normal_dya'; did you mean 'normal_day'?"),
    "test_wrong_file": ("error", "wrong.yaml:2: world.dayz: "),
    "test_no_marker": ("error", 'which scenario? Mark the test: @pytest.mark.scenario("normal_day")'),
    "test_empty_marker": ("error", "the marker `scenario` takes one value or more, such as @pytest.mark.scenario("),
}


# One test, for workers that share a module's tests would each run the suite.
def test_a_suite_of_virtual_runs_passes_and_fails_as_it_should(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", test_design=EXAMPLE.read_text(), test_morning=SUITE)
    (folder / "keyless.yaml").write_text("name: keyless\nsafety: {idempotency_keys: false}\n")
    (folder / "wrong.yaml").write_text("title: Wrong\nworld: {start: 2011-11-14, dayz: 1}\n")
    done = run(folder, "--sandbox-seed", "2", f"--basetemp={tmp_path / 'temporary'}", place=tmp_path)
    runs = tmp_path / "temporary" / "sandbox0"
    what_holds_passes(done)
    a_broken_design_fails_with_the_finding_and_how_to_have_it_again(done, runs / "morning-keyless-1")
    each_run_is_made_once_and_has_a_report_where_it_fails(runs)
    for name, (how, *words) in TOLD.items():
        outcome = done.tests[name]
        assert outcome.how == how, name
        assert not [told for told in words if told not in outcome.text + done.said], name
        assert "During handling of the above exception" not in outcome.text, f"{name}: told once"
        assert how == "failure" or "Traceback" not in outcome.text, f"{name}: a mistake is told in words"


def what_holds_passes(done: Done) -> None:
    passed = {name for name, outcome in done.tests.items() if outcome.how == "passed"}
    assert passed == {
        "test_no_order_is_lost_or_entered_twice[seed-1]",
        "test_no_order_is_lost_or_entered_twice[seed-2]",
        "test_customers_wait_for_a_morning_at_most",
        "test_another_design_is_compared_on_the_same_orders",
        "test_what_there_is_to_read",
        "test_the_same_run_is_made_once",
        "test_parametrized[keyless.yaml]",
    }, done.said
    assert done.code == 1
    assert "sandbox: seed 2, records in the temporary folder, " in done.said


def a_broken_design_fails_with_the_finding_and_how_to_have_it_again(done: Done, kept: Path) -> None:
    broken = done.tests["test_broken"]
    assert broken.how == "failure"
    told = broken.text
    assert "I2 No order is entered twice: violated, " in told
    assert "An order stands at most once in the ERP." in told, "in plain words"
    number = re.search(r"order (W-\d{6}): W-\d{6} stands 2 times in the ERP: SO-\d{6}, SO-\d{6}", told)
    assert number is not None, "which order, and what is wrong with it"
    assert re.search(r"erp #\d+: the ERP books sales order SO-\d{6}", told), "the fact that shows it"
    assert "20% of all createSalesOrder calls to the ERP take effect, but their replies are lost" in told
    assert f"Report: {kept}/report.html" in told
    assert f"Trace:  sandbox trace {kept} W-" in told
    assert "Repeat: sandbox run morning.yaml --design keyless.yaml --seed 1" in told
    assert (kept / "report.html").is_file()
    assert "sandbox_run.py" not in told, "the traceback ends where the test is"


def each_run_is_made_once_and_has_a_report_where_it_fails(runs: Path) -> None:
    assert sorted(os.listdir(runs)) == [
        "morning-1", "morning-2", "morning-hybrid-1", "morning-keyless-1", "morning-point_to_point-1"
    ]  # fmt: skip
    assert [path.parent.name for path in runs.glob("*/report.html")] == ["morning-keyless-1"]
    assert Record.open(runs / "morning-2").summary.seed == 2
