"""`sandbox_landscape` in users' suites: processes on ports of their own in each worker, fresh books, none left."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.pytest_plugin.suites import Done, run, suite

# Each worker waits for the other while its own landscape is up.
CONFTEST = """
import json, os, pathlib, time
import pytest

@pytest.fixture
def told(sandbox_landscape, request):
    up = [{"url": one.url, "pid": one.status().pid, "generation": one.status().generation} for one in sandbox_landscape]
    worker = os.environ["PYTEST_XDIST_WORKER"]
    place = pathlib.Path(os.environ["TOLD"])
    (place / f"{worker}-{request.node.name}.json").write_text(json.dumps(up))
    gives_up = time.monotonic() + 60
    while len({path.name.partition("-")[0] for path in place.iterdir()}) < 2:
        assert time.monotonic() < gives_up
        time.sleep(0.05)
    return up
"""
SUITE = """
import pytest
pytestmark = pytest.mark.systems("erp")

def test_answers(sandbox_landscape, told):
    erp = sandbox_landscape["erp"]
    with erp.http() as http:
        assert http.get("/items").status_code == 200
        erp.call_fault("error", status=503)
        assert http.get("/items").status_code == 503
    assert len(erp.calls()) == 2
    sandbox_landscape.advance(3600)
    assert set(sandbox_landscape.urls) == {"erp"}

def test_is_begun_anew(sandbox_landscape, told):
    with sandbox_landscape["erp"].http() as http:
        assert http.get("/items").status_code == 200, "no fault of the test before"
    assert {fact.kind for fact in sandbox_landscape["erp"].facts()} >= {"item.opened"}
    assert sandbox_landscape["erp"].facts("sales_order.created") == []
    assert sandbox_landscape["erp"].status().now_us < sandbox_landscape.plan.clock.now_us + 3600 * 1_000_000

def test_fails(sandbox_landscape, told):
    sandbox_landscape.assert_holds("I2")

def test_no_system(sandbox_landscape): ...
test_no_system = pytest.mark.systems("epr")(test_no_system)

def test_wrong_fault(sandbox_landscape):
    sandbox_landscape["erp"].call_fault("eror")

def test_wrong_operation(sandbox_landscape):
    sandbox_landscape["erp"].call_fault("lost_reply", operation="createSalesOrdr")

def test_wrong_topic(sandbox_landscape):
    sandbox_landscape["erp"].webhook_fault("lost", topic="asn.recieved")

def test_wrong_kind(sandbox_landscape):
    assert not sandbox_landscape["erp"].facts("order.accepted")
"""

OTHER = SUITE[: SUITE.index("def test_is_begun_anew")]


# One test, for workers that share a module's tests would each run the suite.
@pytest.mark.campaign
def test_a_suite_in_two_workers_has_landscapes_that_do_not_collide_and_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, told = suite(tmp_path / "suite", conftest=CONFTEST, test_one=SUITE, test_other=OTHER), tmp_path / "told"
    told.mkdir()
    monkeypatch.setenv("TOLD", str(told))
    done = run(folder, "-n", "2", "--dist", "loadfile", "--sandbox-out", "kept", place=tmp_path)
    assert {name for name, outcome in done.tests.items() if outcome.how == "passed"} == {
        "test_answers",
        "test_is_begun_anew",
    }, done.said
    up = {path.stem: json.loads(path.read_text())[0] for path in sorted(told.iterdir())}
    two_workers_had_ports_of_their_own(up)
    (worker,) = [name.partition("-")[0] for name in up if name.endswith("test_is_begun_anew")]
    first, second = up[f"{worker}-test_answers"], up[f"{worker}-test_is_begun_anew"]
    assert first["pid"] == second["pid"], "it is kept for the next test ..."
    assert first["generation"] != second["generation"], "... and begun anew"
    a_failure_says_what_was_not_judged_and_where_the_logs_are(done, worker)
    assert {"gw0", "gw1"} <= set(os.listdir(folder / "kept")), "records do not collide"
    assert not [one["pid"] for one in up.values() if Path(f"/proc/{one['pid']}").exists()], "no process is left"


def two_workers_had_ports_of_their_own(up: dict[str, Any]) -> None:
    urls = {name.partition("-")[0]: one["url"] for name, one in up.items()}
    assert set(urls) == {"gw0", "gw1"}
    assert len(set(urls.values())) == 2, urls


def a_failure_says_what_was_not_judged_and_where_the_logs_are(done: Done, worker: str) -> None:
    assert done.tests["test_fails"].how == "failure"
    for words in (
        "I2 No order is entered twice: unknown",
        "An order stands at most once in the ERP.",
        "  not judged: ",
        f"/kept/{worker}/landscape-1/logs/erp.log",
        "there is no system 'epr'; did you mean 'erp'?",
        "kind is one of refuse",
        "erp has no operation 'createSalesOrdr'; did you mean 'createSalesOrder'?",
        "erp sends no webhooks of 'asn.recieved'; did you mean 'asn.received'?",
        "erp has no facts of kind 'order.accepted'",
    ):
        assert words in done.said
    assert "During handling of the above exception" not in done.said
