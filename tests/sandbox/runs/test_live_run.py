"""`sandbox run --live`: a scenario's demand and faults against real processes, judged and kept like any other run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from mock_systems.kit.live.call_book import CallSeen
from sandbox.cli.main import app
from sandbox.core.design import Design
from sandbox.errors import InputError
from sandbox.records.record import Record
from sandbox.runs.judging import context_of
from sandbox.runs.live_calls import CallSamples
from sandbox.runs.live_run import LiveRun
from sandbox.runs.live_settings import LiveSettings
from sandbox.runs.live_speed import chosen_speed
from sandbox.runs.planned_run import PlannedRun
from sandbox.worlds.live.core.floors import with_floors
from tests.sandbox.runs.small_runs import small_scenario
from tests.twins.cases import SHORT

MINUTE_US = 60_000_000
DAY_US = 1440 * MINUTE_US
START_US = 1_321_228_800_000_000


def invoke(*arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `sandbox run`."""
    result = CliRunner().invoke(app, ["run", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout, " ".join(result.stderr.split())


def events_of(place: Path) -> Result:
    """`sandbox contracts events` on a run: what was spoilt on the way is excused there, too."""
    return CliRunner().invoke(app, ["contracts", "events", str(place)])


def test_a_live_run_leaves_the_record_that_any_run_leaves(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    blocks: dict[str, Any] = {
        **SHORT.blocks,
        "title": "Half an hour",
        # A core that was killed is back after seconds of the wall, which are hours here.
        "phases": {"settle": "4h"},
        "promises": dict.fromkeys(SHORT.blocks["promises"], "3h50m"),
        "expect": ["no violations", "orders accepted >= 3"],
        "faults": [
            {"core_crash": {"system": "erp", "operation": "createSalesOrder", "occurrence": 2, "down_for": "10s"}},
            {"outage": {"system": "wms", "from": "9:10", "to": "9:20"}},
            {"error": {"system": "commerce", "operation": "tellStatus", "share": "50%"}},
            {"webhook_poisoned": {"system": "wms", "topic": "outbound.packed", "poison": "unknown_status"}},
        ],
    }
    with path.open("w") as file:
        YAML(typ="safe").dump(blocks, file)
    place = tmp_path / "record"
    code, said, troubles = invoke(str(path), "--live", "--speed", "1000", "--contracts", "--out", str(place), "--json")
    told = json.loads(said)
    assert (code, troubles) == (0, ""), [one for one in told["invariants"] if one["verdict"] == "violated"]
    assert (told["world"], told["fidelity"], told["live"]["speed"]) == ("live", "http", 1000)
    assert [fault["fired"] for fault in told["faults"]][:2] == [1, 1]
    assert told["repeat"] == f"sandbox run {path} --seed 1 --out {place} --live --speed 1000 --contracts"
    record = Record.open(place)
    assert "1,000 times life's, light stack" in (place / "report.html").read_text().replace("&#39;", "'")
    noted = {(note.source, note.kind) for note in record.notes()}
    assert {("world", "core.crashed"), ("world", "core.started"), ("faults", "call.struck")} <= noted
    order = [(one.at_us, one.seq) for one in sorted((*record.facts(), *record.notes()), key=lambda one: one.seq)]
    times = [at_us for at_us, _ in order]
    assert times == sorted(times)
    assert "calls.erp" in record.series_names()
    assert told["traffic"]["commerce"]["by_operation"]["placeOrder"] >= 3
    assert (tmp_path / "record-live" / "logs" / "core.log").is_file()
    spoilt = [(one["name"], one["pointer"], one["excused"]) for one in told["contracts"]["findings"]]
    assert spoilt == [("wms/outbound.packed", "/data/state", ["F4"])]
    kept = [json.loads(line) for line in (place / "messages.ndjson").read_text().splitlines()]
    assert len(kept) == told["contracts"]["tested"] + sum(told["contracts"]["not_tested"].values())
    assert {"commerce", "wms", "core"} <= {one["source"] for one in kept}
    checked = events_of(place)
    assert checked.exit_code == 0, checked.output
    assert "(wms/outbound.packed, spoilt by F4)" in checked.stdout


def refusal(tmp_path: Path, *faults: dict[str, Any], **settings: Any) -> str:
    with pytest.raises(InputError) as refused:
        LiveRun(small_scenario(tmp_path, faults), 1, tmp_path / "live", LiveSettings(**settings))
    return str(refused.value)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"store_conflicts": {"share": "30%"}}, "fault F1 (store_conflicts) can't be carried out: a real database has"),
        ({"core_clock": {"ahead": "5m"}}, "fault F1 (core_clock) can't be carried out: all processes of this machine"),
        ({"store_outage": {"at": "9:00", "for": "1h"}}, "there is no database to be stopped: it needs --stack full"),
        ({"bus_reordered": {"within": "2h"}}, "a real broker keeps the order"),
    ],
)
def test_a_fault_that_real_processes_cannot_have_is_refused_by_name(
    tmp_path: Path, fault: dict[str, Any], says: str
) -> None:
    said = refusal(tmp_path, fault)
    assert says in said
    assert "--leave-out" in said
    run = LiveRun(small_scenario(tmp_path, [fault]), 1, tmp_path / "live", LiveSettings(leave_out=True))
    assert list(run.left_out) == ["F1"]


def test_options_of_the_other_world_are_refused() -> None:
    for options, says in (
        (("--speed", "60"), "--speed: is of live runs; add --live"),
        (("--leave-out",), "--leave-out: is of live runs; add --live"),
        (("--live", "--fidelity", "wire"), "--fidelity: is of virtual time; leave it, or --live"),
        (("--live", "--check-determinism"), "--check-determinism: is of virtual time"),
        (("--live", "--stack", "fat"), "there is no stack 'fat'"),
        (("--live", "--speed", "2000"), "2000 is too fast for the core"),
        (("--live", "--speed", "nan"), "--speed: nan is no speed; above 0, up to 100000"),
    ):
        code, _, said = invoke("normal_day", *options)
        assert (code, says in said) == (2, True), said


def test_a_run_takes_minutes_or_says_why_not(tmp_path: Path) -> None:
    assert chosen_speed(PlannedRun(small_scenario(tmp_path), 1)) == 1000
    busy = small_scenario(tmp_path, demand={"orders_per_day": 2000, "skus": 12, "customers": 8})
    assert 150 <= chosen_speed(PlannedRun(busy, 1)) < 400
    long = small_scenario(tmp_path, world={"start": "2011-11-14", "days": 60})
    with pytest.raises(InputError, match=r"lasts 62 days, settling included: \d+ minutes at 1000 times life"):
        chosen_speed(PlannedRun(long, 1))
    LiveRun(long, 1, tmp_path / "live", LiveSettings(speed=1000))


def test_no_deadline_is_too_short_for_the_wall() -> None:
    design = with_floors(Design("x"), 600, 2.0)
    policy = design.call_policy("erp")
    assert (policy.timeout_us, design.workers.lease_us) == (1_200_000_000, 3_600_000_000)
    assert policy.patience_us == 120_000_000 + 4 * (1_200_000_000 - 15_000_000)
    assert with_floors(Design("x"), 1, 2.0) == Design("x")


def test_the_oracle_is_told_what_a_restart_takes(tmp_path: Path) -> None:
    scenario = small_scenario(tmp_path, [{"core_crash": {"at": "10:00", "down_for": "5m"}}])
    context = context_of(scenario.plan(1), scenario, 7 * MINUTE_US)
    assert context.outages["core"] == [(START_US + 600 * MINUTE_US, START_US + 612 * MINUTE_US)]
    assert context.heal_us == START_US + 612 * MINUTE_US


def test_calls_are_counted_by_period() -> None:
    told: list[tuple[int, str, float]] = []
    samples = CallSamples(lambda *sample: told.append(sample), START_US, DAY_US)
    for minute in (1, 2, 7, 16):
        samples.hear("erp", CallSeen(1, START_US + minute * MINUTE_US, "x", "y", 200, 0, None))
    five = 5 * MINUTE_US
    assert told == [(START_US + n * five, "calls.erp", calls) for n, calls in ((1, 2), (2, 1), (3, 0))]


def test_a_scenario_of_some_hours_begins_and_ends_within_its_days(tmp_path: Path) -> None:
    hours = small_scenario(tmp_path, world={"start": "2011-11-14", "days": 1, "from": "9:00", "to": "12:00"})
    run, whole = PlannedRun(hours, 1), PlannedRun(small_scenario(tmp_path), 1)
    assert (run.start_us, run.demand_until_us) == (START_US + 540 * MINUTE_US, START_US + 720 * MINUTE_US)
    within = [one for one in whole.demand.orders if run.start_us <= one.at_us < run.demand_until_us]
    assert [order.reference for order in run.demand.orders] == [order.reference for order in within]
    assert run.demand.orders
    assert replace(hours, to_us=None).span_us == DAY_US


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ({"to": "1d 06:00"}, r"world\.to: lies after the last day, which ends at 1d"),
        ({"from": "12:00", "to": "9:00"}, r"world\.from: does not lie before the end of demand"),
    ],
)
def test_hours_that_cannot_be_meant_are_told(tmp_path: Path, hours: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        small_scenario(tmp_path, world={"start": "2011-11-14", "days": 1, **hours})
