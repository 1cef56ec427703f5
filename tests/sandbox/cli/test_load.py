"""`sandbox load` as a user has it: what can't be meant is told, and a whole run says how it went."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.load import locust_command
from sandbox.load.order_book import order_book
from sandbox.load.request import LoadRequest, usual_speed
from sandbox.load.shapes import SHAPES
from sandbox.runs.library import find_scenario
from sandbox.runs.scenario import load_scenario
from tests.sandbox.runs.live_runs import free_base


def invoke(*arguments: str) -> tuple[int, str]:
    """Exit code and stderr, on one line."""
    result = CliRunner().invoke(app, ["load", *arguments], catch_exceptions=False)
    return result.exit_code, " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("spyke", "--users", "3"), "SHAPE: there is no shape 'spyke'; did you mean 'spike'?"),
        ((), "SHAPE: which shape?; known: ramp, spike, spikes, steady, steps"),
        (("spike",), "--users: how much load?; give --users for people who wait"),
        (("spike", "--users", "3", "--rate", "2"), "--users: how much load?"),
        (("spike", "--users", "0"), "--users: 0 can't be; above 0, up to 20,000"),
        (("spike", "--rate", "1", "--minutes", "-1"), "--minutes: -1 can't be"),
        (("spike", "--rate", "1", "--minutes", "0"), "--minutes: 0 can't be"),
        (("spike", "--rate", "1", "--speed", "0"), "--speed: 0 is no speed; above 0, up to 100000"),
        (("spike", "--rate", "1", "--speed", "nan"), "--speed: nan is no speed"),
        (("spike", "--rate", "1", "--speed", "inf"), "--speed: inf is no speed"),
        (("steady", "--rate", "500", "--minutes", "60"), "--rate: 1,800,000 orders are more than can be drawn"),
        (("steady", "--users", "1000", "--minutes", "600"), "--users: 2,160,000 orders are more than can be drawn"),
        (
            ("spike", "--rate", "1", "--expect-workers", "2"),
            "--expect-workers: nobody waits for workers; give --master",
        ),
        (("spike", "--rate", "1", "--master", "--expect-workers", "65"), "--expect-workers: 65 can't be"),
        (("--worker",), "--worker: the environment has no SANDBOX_TOKEN_SHOPPER and no SANDBOX_TOKEN_PARTNER; set the"),
        (("spike", "--rate", "1", "--speed", "5000"), "--speed: 5000 is too fast for the core"),
        (("spike", "--rate", "1", "--kill", "core"), "--kill: 'core' can't be; write core=10"),
        (("spike", "--rate", "1", "--kill", "kore=1"), "--kill: there is no 'kore' to kill; did you mean 'core'?"),
        (("spike", "--rate", "1", "--kill", "nats=1"), "--kill: there is no 'nats' to kill"),
        (
            ("spike", "--rate", "1", "--faults", "peak_week"),
            "--faults: fault F3 (demand_spike) can't be carried out under",
        ),
        (("spike", "--rate", "1", "--stack", "fill"), "--stack: there is no stack 'fill'; did you mean 'full'?"),
    ],
)
def test_what_cannot_be_meant_is_told(options: tuple[str, ...], says: str, tmp_path: Path) -> None:
    code, said = invoke(*options, "--out", str(tmp_path / "load"))
    assert (code, says in said) == (2, True), said
    assert list(tmp_path.iterdir()) == []


def test_it_says_where_there_is_no_locust(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(locust_command.importlib.util, "find_spec", lambda _: None)
    code, said = invoke("spike", "--rate", "1", "--out", str(tmp_path / "load"))
    assert (code, said) == (
        2,
        "error: Locust is not installed; pip install 'distribution-erp-sandbox[load]'",
    )


def request(folder: Path, **asked: Any) -> LoadRequest:
    given = {"users": None, "orders_per_s": 4.0, "minutes": 5.0, "speed": 60.0, **asked}
    return LoadRequest(
        scenario=load_scenario(find_scenario("normal_day")),
        shape=SHAPES["spike"],
        seed=1,
        stack="light",
        folder=folder,
        repeat="",
        **given,
    )


def test_there_are_orders_stock_and_people_for_the_load(tmp_path: Path) -> None:
    wanted = request(tmp_path)
    book = order_book(wanted)
    assert len(book.orders) == wanted.orders_at_most > 4 * 300 * SHAPES["spike"].mean
    assert len({order["reference"] for order in book.orders}) == len(book.orders)
    # 240 orders an hour at the peak, each of which may be picked at any of three sites.
    assert (book.scenario.systems.wms.pickers, book.scenario.systems.wms.packers) == (9, 8)
    assert request(tmp_path, users=60, orders_per_s=None).orders_at_most > 60 * 300 / 5 * SHAPES["spike"].mean
    assert (usual_speed(5), usual_speed(20), usual_speed(0.5)) == (60, 27, 60)


def test_a_command_that_only_asks_does_not_import_locust() -> None:
    code = "import sys, sandbox.cli.main, sandbox.load.run; assert not {'locust', 'gevent'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


@pytest.mark.campaign
def test_a_loaded_run_is_judged_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "load"
    options = ("steady", "--rate", "4", "--minutes", "0.2", "--speed", "300", "--kill", "core=1", "--json")
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "load", *options, "--port-base", str(free_base()), "--out", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["orders"]["accepted"] == told["orders"]["at_erp"] == told["orders"]["confirmed"] > 30
    assert told["orders"]["lost"] == told["orders"]["forgotten"] == 0
    assert set(told["verdicts"].values()) <= {"pass", "unknown"}
    assert told["starts"]["void"] is None
    assert [what for _, what in told["events"]] == ["kill -9 of core"]
    assert {part["name"] for part in told["parts"]} >= {"core", "erp", "load generator", "sandbox load", "machine"}
    assert (folder / "load.html").is_file()
    assert (folder / "report.html").is_file()
    left = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(tmp_path) not in left
