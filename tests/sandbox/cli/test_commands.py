"""The commands' shell: what they print where, and how they end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mock_systems.kit.ledger import Fact
from sandbox.cli.main import app
from sandbox.cli.outcome import KEY_FIGURES
from sandbox.records.record import Record
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import ExpectationResult, FaultResult, Finding, InvariantResult, Summary
from sandbox.runs.figure_names import figure_names
from sandbox.runs.request import OnProgress, Progress, RunRequest

START_US = 1_321_228_800_000_000
MINUTE_US = 60_000_000
Invoke = Callable[..., Result]

PASSED = [InvariantResult(id="I1", name="No order is lost", verdict="pass", checked=350)]
VIOLATED = [InvariantResult(id="I6", name="Invoices follow shipments", verdict="violated", checked=9, violations=1)]
MISSED = [ExpectationResult(text="orders accepted >= 350", passed=False, actual="3")]


class FakeRuns:
    """Stands in for the world: writes a small record, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.requests: list[RunRequest] = []
        self.changes: dict[str, Any] = {"invariants": PASSED}
        self.stopped = False

    def execute(self, request: RunRequest, on_progress: OnProgress, witness: object = None) -> Record:
        self.requests.append(request)
        scenario = request.scenario
        begun = Summary(
            title=scenario.title,
            scenario=scenario.name,
            design=scenario.design.name,
            seed=request.seed,
            repeat=request.repeat,
            faults=[FaultResult(id="F1", kind="outage", text="the ERP is away", from_us=0, until_us=1, fired=4)],
        )
        with RecordWriter(request.folder, begun) as writer:
            for minute, fact in enumerate(FACTS):
                writer.fact(Fact(minute + 1, START_US + minute * MINUTE_US, *fact, "ab" * 16, None))
            detail = {"system": "erp", "attempt": 2, "cause": "no reply"}
            writer.note(START_US + MINUTE_US, "core", "call.repeated", "W-000001", None, detail)
            on_progress(Progress("demand", START_US, START_US, START_US + MINUTE_US, 1, 1))
            if self.stopped:
                raise KeyboardInterrupt
            return writer.close(begun.model_copy(update=self.changes))


FACTS: list[tuple[str, str, str, str | None, dict[str, Any]]] = [
    (
        "commerce",
        "order.accepted",
        "W-000001",
        "W-000001",
        {"payment": "card", "currency": "GBP", "total_minor": 1295, "lines": [{"line": 1, "sku": "A", "quantity": 3}]},
    ),
    ("erp", "invoice.posted", "INV-1", "W-000001", {"total_minor": 1295, "currency": "GBP", "shipment": "OUT-1"}),
]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeRuns:
    fake = FakeRuns()
    report = SimpleNamespace(write_report=lambda folder: folder / "report.html")
    monkeypatch.setitem(sys.modules, "sandbox.runs.execution", SimpleNamespace(execute=fake.execute))
    monkeypatch.setitem(sys.modules, "sandbox.reporting.page", report)
    monkeypatch.chdir(tmp_path)
    return fake


@pytest.fixture
def sandbox() -> Invoke:
    return lambda *words: CliRunner().invoke(app, list(words))


def test_a_good_run_ends_with_0_verdicts_first(runs: FakeRuns, sandbox: Invoke) -> None:
    done = sandbox("run", "normal_day")
    assert done.exit_code == 0
    said = done.stdout
    places = [said.index(word) for word in ("no invariant violated", "Verdicts", "Faults", "Report:", "Repeat:")]
    assert places == sorted(places)
    assert "Repeat: sandbox run normal_day --seed 1" in said
    assert Record.open(Path("runs/normal_day-1")).summary.finished


@pytest.mark.parametrize("changes", [{"invariants": VIOLATED}, {"expectations": MISSED}, {"deterministic": False}])
def test_findings_end_with_1(runs: FakeRuns, sandbox: Invoke, changes: dict[str, Any]) -> None:
    runs.changes |= changes
    done = sandbox("run", "normal_day", "--out", "mine")
    assert done.exit_code == 1
    assert "Report: mine/report.html" in done.stdout


def test_a_finding_is_shown(runs: FakeRuns, sandbox: Invoke) -> None:
    finding = Finding(invariant="I6", order="W-000001", at_us=START_US, message="invoiced [twice]")
    runs.changes |= {"invariants": VIOLATED, "findings": [finding] * 12}
    said = sandbox("run", "normal_day").stdout
    assert "invoiced [twice]" in said
    assert "2011-11-14 00:00:00.000" in said
    assert "and 2 more" in said


def test_one_of_a_kind_is_told_as_one(runs: FakeRuns, sandbox: Invoke) -> None:
    runs.changes |= {"invariants": VIOLATED, "expectations": MISSED}
    assert "1 invariant violated, 1 expectation missed" in sandbox("run", "normal_day").stdout
    runs.changes |= {"invariants": VIOLATED * 2, "expectations": MISSED * 2}
    assert "2 invariants violated, 2 expectations missed" in sandbox("run", "normal_day").stdout


def test_what_was_not_tried_is_told_below_the_verdict(runs: FakeRuns, sandbox: Invoke) -> None:
    tried = InvariantResult(id="I7", name="Money", verdict="pass", checked=9, untried=["nothing was credited"])
    unjudged = InvariantResult(id="I5", name="Cancelled", verdict="unknown", unknown=["nothing was cancelled"])
    runs.changes |= {"invariants": [tried, unjudged]}
    said = " ".join(sandbox("run", "normal_day").stdout.split())
    assert "not tried here: nothing was credited" in said
    assert "not judged: nothing was cancelled" in said
    record = json.loads(sandbox("run", "normal_day", "--json", "--out", "again").stdout)
    assert record["invariants"][0]["untried"] == ["nothing was credited"]


def test_json_is_one_object_on_stdout(runs: FakeRuns, sandbox: Invoke) -> None:
    done = sandbox("run", "normal_day", "--json", "--seed", "7", "--fidelity", "wire", "--check-determinism")
    said = json.loads(done.stdout)
    assert (said["seed"], said["folder"], said["report"]) == (7, "runs/normal_day-7", "runs/normal_day-7/report.html")
    assert said["repeat"] == "sandbox run normal_day --seed 7 --fidelity wire"
    (request,) = runs.requests
    assert (request.seed, request.fidelity, request.check_determinism) == (7, "wire", True)


def test_ctrl_c_keeps_what_was_done(runs: FakeRuns, sandbox: Invoke) -> None:
    runs.stopped = True
    done = sandbox("run", "normal_day")
    assert done.exit_code == 130
    assert "kept in runs/normal_day-1" in done.stderr
    record = Record.open(Path("runs/normal_day-1"))
    assert record.summary.interrupted == "the user stopped it"
    assert len(list(record.facts())) == 2


BAD = [
    (["run", "normal_dya"], "did you mean 'normal_day'?"),
    (["run", "broken.yaml"], "broken.yaml:2: wrld: unknown key; did you mean 'world'?"),
    (["run", "normal_day", "--out", "taken"], "taken: is a folder, but not a run's record"),
    (["run", "normal_day", "--fidelity", "bytes"], "direct or wire"),
    (["run", "normal_day", "--seed", "-4"], "--seed"),
    (["run", "normal_day", "--sede", "4"], "--sede"),
    (["run", "normal_day", "--mapping", "m.yaml"], "comes without an order history; add --orders"),
    (["run", "normal_day", "--orders", "orders.csv"], "comes without a column mapping; add --mapping"),
    (["run", "normal_day", "--orders", "no.csv", "--mapping", "online_retail.yaml"], "no.csv: --orders: there is no"),
    (["run", "normal_day", "--orders", "orders.csv", "--mapping", "online_retial.yaml"], "'online_retail.yaml'?"),
    (["run", "normal_day", "--orders", "orders.csv", "--mapping", "online_retail.yaml"], "orders.csv"),
    (["run", "normal_day", "--from", "monday"], "--from: 'monday' is no day"),
    (["run", "normal_day", "--to", "2011-11-14"], "does not lie a day after the first day"),
    (["run", "peak_week", "--to", "2011-11-16"], "faults[1].webhook_doubled.from: 2d 00:00 lies outside"),
    (["trace", "nowhere", "W-000001"], "nowhere: is not there"),
    (["report", "taken"], "taken: is not a run's record"),
    (["check", "broken.yaml"], "did you mean 'world'?"),
    (["check", "plan.yaml"], "plan.yaml:1: faults[0].slow: does not say how slow"),
    (["check", "design.yaml"], "design.yaml:2: safety.retrys: unknown key; did you mean 'retries'?"),
    (["check", "no.yaml"], "no.yaml: cannot be read"),
    (["check", "normal_dya"], "there is no scenario, design or file 'normal_dya'; did you mean 'normal_day'?"),
    (["sing"], "sing"),
]


@pytest.mark.parametrize(("words", "told"), BAD)
def test_bad_input_ends_with_2_and_leaves_nothing(runs: FakeRuns, sandbox: Invoke, words: list[str], told: str) -> None:
    Path("broken.yaml").write_text("title: Mine\nwrld: {days: 1}\n")
    Path("plan.yaml").write_text("faults: [slow: {system: erp}]\n")
    Path("design.yaml").write_text("name: mine\nsafety: {retrys: true}\n")
    Path("orders.csv").write_text("a,b\n1,2\n")
    Path("taken").mkdir()
    Path("taken/thesis.tex").write_text("dear")
    before = sorted(Path().rglob("*"))
    done = sandbox(*words)
    assert done.exit_code == 2
    assert told in done.stderr.replace("\n", " ") or told in done.stderr
    assert "Traceback" not in done.output
    assert sorted(Path().rglob("*")) == before
    assert runs.requests == []


def test_a_wrong_file_is_told_as_json_too(runs: FakeRuns, sandbox: Invoke) -> None:
    Path("broken.yaml").write_text("title: Mine\nwrld: {days: 1}\nseed: x\n")
    done = sandbox("run", "broken.yaml", "--json")
    errors = json.loads(done.stdout)["errors"]
    assert [(error["line"], error["field"]) for error in errors] == [(1, "demand"), (2, "wrld"), (3, "seed")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("title: T\nworld: {start: 2011-11-14, days: 1}\ndemand: {orders_per_day: 5}\n", "scenario"),
        ("name: mine\n", "design"),
        ("faults: [slow: {system: erp, by: 2s}]\n", "fault plan"),
    ],
)
def test_check_tells_what_a_sound_file_is(runs: FakeRuns, sandbox: Invoke, text: str, kind: str) -> None:
    Path("mine.yaml").write_text(text)
    assert f"a sound {kind}" in sandbox("check", "mine.yaml").stdout
    assert json.loads(sandbox("check", "mine.yaml", "--json").stdout)["kind"] == kind


@pytest.mark.parametrize(("name", "kind"), [("normal_day", "scenario"), ("nightly_batch", "design")])
def test_check_takes_a_name_as_run_does(runs: FakeRuns, sandbox: Invoke, name: str, kind: str) -> None:
    said = json.loads(sandbox("check", name, "--json").stdout)
    assert (Path(said["file"]).name, said["kind"], said["errors"]) == (f"{name}.yaml", kind, [])


def test_ones_own_scenario_is_checked_before_what_is_shipped(runs: FakeRuns, sandbox: Invoke) -> None:
    Path("scenarios").mkdir()
    Path("scenarios/normal_day.yaml").write_text("title: Mine\nwrld: {days: 1}\n")
    done = sandbox("check", "normal_day")
    assert done.exit_code == 2
    assert "did you mean 'world'?" in done.stderr


def test_a_trace_tells_an_orders_life_in_words(runs: FakeRuns, sandbox: Invoke) -> None:
    sandbox("run", "normal_day")
    said = " ".join(sandbox("trace", "runs/normal_day-1", "W-000001").stdout.split())
    assert "the shop accepts order W-000001: 3 × A, 12.95 GBP, to be paid by card" in said
    assert "the sync core will repeat its call to the ERP after attempt 2 (no reply)" in said
    assert "the ERP posts invoice INV-1 over 12.95 GBP for shipment OUT-1" in said
    moments = json.loads(sandbox("trace", "runs/normal_day-1", "W-000001", "--json").stdout)["moments"]
    assert [moment["kind"] for moment in moments] == ["order.accepted", "invoice.posted", "call.repeated"]
    assert [moment["at"] for moment in moments][:2] == ["2011-11-14 00:00:00.000", "2011-11-14 00:01:00.000"]
    unknown = sandbox("trace", "runs/normal_day-1", "W-000009")
    assert unknown.exit_code == 2
    assert "did you mean 'W-000001'?" in unknown.stderr


def test_own_orders_replace_the_scenarios_demand(runs: FakeRuns, sandbox: Invoke) -> None:
    history = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    Path("orders.csv").write_text(history + "1,A,Thing,3,2011-03-07 09:00:00,1.25,,United Kingdom\n")
    words = ["run", "normal_day", "--orders", "orders.csv", "--mapping", "online_retail.yaml"]
    assert sandbox(*words).exit_code == 0
    scenario = runs.requests[0].scenario
    assert (scenario.start_us, scenario.days) == (1_299_456_000_000_000, 1), "it starts on the file's first day"
    assert sandbox(*words, "--from", "2011-03-06", "--to", "2011-03-09").exit_code == 0
    scenario = runs.requests[1].scenario
    assert (scenario.start_us, scenario.days) == (1_299_369_600_000_000, 3)
    assert "--from 2011-03-06 --to 2011-03-09" in runs.requests[1].repeat


def test_scenarios_are_listed_and_a_broken_one_is_told(runs: FakeRuns, sandbox: Invoke) -> None:
    Path("scenarios").mkdir()
    Path("scenarios/ours.yaml").write_text("title: Ours\n")
    listed = {one["name"]: one for one in json.loads(sandbox("scenarios", "--json").stdout)["scenarios"]}
    assert {"normal_day", "peak_week", "erp_outage", "duplicate_storm", "lost_replies", "core_crashes"} < set(listed)
    assert listed["ours"]["title"] == "cannot be run"
    assert "demand: is missing" in listed["ours"]["about"]
    assert "The busiest week" in sandbox("scenarios").stdout


def test_schemas_for_editors_are_written_where_asked(runs: FakeRuns, sandbox: Invoke) -> None:
    assert sandbox("scenarios", "--schemas", "scenarios/schemas").exit_code == 0
    assert json.loads(Path("scenarios/schemas/scenario.schema.json").read_text())["title"] == "Scenario"
    Path("a_file").touch()
    assert sandbox("scenarios", "--schemas", "a_file").exit_code == 2


def test_the_key_figures_are_figures_of_the_oracle() -> None:
    assert set(KEY_FIGURES) <= set(figure_names())


@pytest.mark.parametrize("verb", ["run", "trace", "report", "scenarios", "check"])
def test_every_verb_helps_with_an_example(sandbox: Invoke, verb: str) -> None:
    done = sandbox(verb, "--help")
    assert done.exit_code == 0
    assert f"sandbox {verb}" in done.stdout
