"""`sandbox contracts verify`: providers by URL, what is shown at their door, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli import contracts_pacts, contracts_verify
from sandbox.cli.main import app
from sandbox.verification.pacts.providers.served import at_url
from sandbox.verification.pacts.results import verified_of
from tests.sandbox.verification.pacts.provided import ITEM_2, Scripted, reporting

ITEM = {"sku": "MUG", "price_minor": 500}
STATE = "an account and items are there"
LOGIN = {
    "description": "ask for a token",
    "request": {"method": "POST", "path": "/token", "headers": {"Authorization": "Basic eDp5"}},
    "response": {"status": 200},
}


def verify(*words: str, env: Mapping[str, str] | None = None) -> Result:
    return CliRunner(env=env).invoke(app, ["contracts", "verify", *words])


@contextmanager
def an_erp(item: Any = ITEM, state: tuple[int, Any] = (200, {})) -> Iterator[tuple[str, Scripted]]:
    erp = Scripted({"GET /items/MUG": (200, item), "POST /token": (200, {})}, {STATE: state})
    with at_url(erp) as url:
        yield url, erp


@pytest.fixture
def pact(tmp_path: Path) -> str:
    return str(reporting(tmp_path, [ITEM_2]))


def test_a_provider_by_url_is_given_its_token_and_its_states(pact: str) -> None:
    with an_erp() as (url, erp):
        result = verify(
            "--provider", f"erp={url}", "--pact", pact, "--states", f"erp={url}/states", "--token-env", "ERP_TOKEN",
            "--header-env", "erp:X-Tenant=TENANT", "--provider-version", "2.1", "--consumer-version", "7", "--json",
            env={"ERP_TOKEN": "s3cret", "TENANT": "t-1"},
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["check"], told["subject"], told["verdict"]) == ("pact", "reporting->erp", "pass")
    assert told["versions"] == {"erp": "2.1", "reporting": "7"}
    assert told["interactions"][0]["without_states"] is False
    (_, _, changed), (_, shown, _) = erp.asked
    assert (changed["state"], changed["action"]) == (STATE, "setup")
    assert (shown["authorization"], shown["x-tenant"]) == ("Bearer s3cret", "t-1")


def test_a_provider_that_answers_otherwise_is_told_with_1_and_in_junit(pact: str, tmp_path: Path) -> None:
    junit = tmp_path / "pacts.xml"
    with an_erp({"sku": "MUG"}) as (url, _):
        result = verify("--provider", f"erp={url}", "--pact", pact, "--junit", str(junit))
    assert result.exit_code == 1
    told = " ".join(result.stdout.split())
    assert f"fail: read an item (given {STATE})" in told
    assert "price_minor" in told
    assert "1 run without their states" in told
    (suite,) = ElementTree.parse(junit).getroot()
    assert (suite.get("name"), suite.get("failures")) == ("reporting->erp", "1")
    assert "price_minor" in str(suite.find("testcase/failure").text)  # type: ignore[union-attr]


def test_what_has_states_is_skipped_where_that_is_asked_and_nothing_tested_has_not_passed(
    pact: str, tmp_path: Path
) -> None:
    words = ("--without-states", "skip", "--json", "--junit", str(tmp_path / "pacts.xml"))
    with an_erp() as (url, erp):
        result = verify("--provider", f"erp={url}", "--pact", pact, *words)
    assert result.exit_code == 1
    counted = ElementTree.parse(tmp_path / "pacts.xml").getroot()
    assert (counted.get("skipped"), counted.get("errors")) == ("1", "1")
    told = json.loads(result.stdout)
    assert (told["verdict"], told["tested"], told["not_tested"]) == ("unknown", 0, 1)
    assert "no state-change URL" in told["interactions"][0]["reason"]
    assert erp.asked == []


def test_a_state_that_the_provider_refuses_leaves_its_interaction_untested_and_costs_no_time(pact: str) -> None:
    with an_erp(state=(500, {})) as (url, erp):
        result = verify("--provider", f"erp={url}", "--pact", pact, "--states", f"erp={url}/states", "--json")
    assert result.exit_code == 1
    assert "was not set" in json.loads(result.stdout)["interactions"][0]["reason"]
    assert [called for called, _, _ in erp.asked].count("POST /states") == 1


def test_what_has_no_states_is_tested_where_the_state_change_url_refuses_to_set_none(tmp_path: Path) -> None:
    """Pact tells it of the state "", which a provider need not know."""
    plain = {key: value for key, value in ITEM_2.items() if key != "providerState"}
    pact = str(reporting(tmp_path, [plain]))
    for item, ended in ((ITEM, 0), ({"sku": "MUG"}, 1)):
        with an_erp(item) as (url, _):
            result = verify("--provider", f"erp={url}", "--pact", pact, "--states", f"erp={url}/states", "--json")
        told = json.loads(result.stdout)
        assert (result.exit_code, told["tested"], told["not_tested"]) == (ended, 1, 0)


def test_problems_are_told_in_the_same_order_each_time_the_status_first() -> None:
    def missing(index: int) -> dict[str, str]:
        return {"type": "BodyMismatch", "path": f"$[{index}]", "mismatch": "no sku"}

    status = {"type": "StatusMismatch", "mismatch": "expected 200 but was 404"}
    mismatch = {"type": "mismatches", "mismatches": [missing(10), missing(2), status, missing(0)]}
    found = verified_of({"description": "list", "result": "FAILED", "mismatch": mismatch}, "http")
    assert found.problems == ("expected 200 but was 404", "$[0]: no sku", "$[2]: no sku", "$[10]: no sku")


def test_a_login_in_a_pact_needs_one_that_counts(tmp_path: Path) -> None:
    pact = str(reporting(tmp_path, [LOGIN]))
    with an_erp() as (url, erp):
        untested = verify("--provider", f"erp={url}", "--pact", pact, "--json")
        tested = verify("--provider", f"erp={url}", "--pact", pact, "--basic-env", "LOGIN", env={"LOGIN": "core:s3"})
    assert "client's name and secret" in json.loads(untested.stdout)["interactions"][0]["reason"]
    assert tested.exit_code == 0, tested.output
    assert [shown["authorization"] for _, shown, _ in erp.asked] == ["Basic Y29yZTpzMw=="]


def test_several_providers_are_verified_each_against_its_pacts(tmp_path: Path) -> None:
    plain = {key: value for key, value in ITEM_2.items() if key != "providerState"}
    reporting(tmp_path, [plain])
    reporting(tmp_path, [plain], provider="wms")
    with an_erp() as (url, _), an_erp({}) as (other, _):
        result = verify("--provider", f"erp={url}", "--provider", f"wms={other}", "--pact", str(tmp_path), "--json")
    told = json.loads(result.stdout)["checks"]
    assert [(one["subject"], one["verdict"]) for one in told] == [
        ("reporting->erp", "pass"),
        ("reporting->wms", "fail"),
    ]


def test_a_pending_interaction_that_fails_does_not_count(tmp_path: Path) -> None:
    contents = {"sku": {"content": {"no_such_field": 1}, "contentType": "application/json", "encoded": False}}
    request = {"method": "GET", "path": "/items/MUG"}
    response = {"status": 200, "body": contents["sku"]}
    kept = {"type": "Synchronous/HTTP", "description": "read an item", "request": request, "response": response}
    pact = str(reporting(tmp_path, [{**kept, "pending": True}], version="4.0"))
    with an_erp() as (url, _):
        result = verify("--provider", f"erp={url}", "--pact", pact, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["verdict"], told["interactions"][0]["pending"]) == ("pending", True)


def test_a_pact_that_a_team_adds_is_verified_with_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "contracts" / "pacts").mkdir(parents=True)
    reporting(tmp_path / "contracts" / "pacts", [ITEM_2])
    reporting(tmp_path / "contracts" / "pacts", [ITEM_2], provider="tms")
    monkeypatch.chdir(tmp_path)
    result = verify("--consumer", "reporting", "--json")
    assert result.exit_code == 1
    erp, tms = json.loads(result.stdout)["checks"]
    assert (erp["subject"], erp["verdict"]) == ("reporting->erp", "pass")
    assert (tms["subject"], tms["verdict"]) == ("reporting->tms", "unknown")
    assert "no mock is called tms" in tms["interactions"][0]["reason"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--provider", "erp"), "names no URL"),
        (("--provider", "erp=http://127.0.0.1:1"), "nobody answers at http://127.0.0.1:1"),
        (("--provider", "erb=http://127.0.0.1:1"), "no pact is with the provider 'erb'; did you mean 'erp'?"),
        (("--mock", "erb"), "did you mean 'erp'?"),
        (("--provider", "erp=http://127.0.0.1:1", "--token-env", "NOT_SET_HERE"), "NOT_SET_HERE is not set"),
        (("--provider", "erp=http://127.0.0.1:1", "--states", "wms=http://x"), "is no provider that is verified"),
        (("--header-env", "X", "--provider", "erp=http://127.0.0.1:1"), "names no header"),
        (("--consumer", "reportin"), "did you mean 'reporting'?"),
    ],
)
def test_bad_input_ends_with_2(words: tuple[str, ...], why: str, pact: str) -> None:
    result = verify("--pact", pact, *words)
    assert result.exit_code == 2
    assert why in result.stderr


def test_a_broken_pact_is_told_with_file_line_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{\n  "consumer": {"name": "x"},\n  "provider": {"name": "erp"},\n  "interactions": [,]\n}\n')
    result = verify("--pact", str(path))
    assert result.exit_code == 2
    assert f"{path}:4: is not JSON: a value was expected" in result.stderr
    path.write_text(
        '{"consumer": {"name": "x"},\n "provider": {"name": "erp"},\n "interactions": [\n  {"request": {}}]}'
    )
    assert f"{path}:4: " in verify("--pact", str(path)).stderr
    assert "cannot be read" in verify("--pact", str(tmp_path / "none.json")).stderr


@pytest.mark.parametrize("module", [contracts_verify, contracts_pacts])
def test_without_pact_python_the_remedy_is_told(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    result = CliRunner().invoke(app, ["contracts", module.__name__.rpartition("_")[2]])
    assert result.exit_code == 2
    assert "pip install 'distribution-erp-sandbox[contracts]'" in result.stderr


@pytest.mark.campaign
def test_ctrl_c_keeps_what_was_found(tmp_path: Path) -> None:
    plain = {key: value for key, value in ITEM_2.items() if key != "providerState"}
    slow = {**plain, "request": {"method": "GET", "path": "/slow"}}
    pact = str(reporting(tmp_path, [plain, slow, plain]))
    with an_erp() as (url, erp):
        erp.hangs_at("/slow", then=lambda: os.kill(process.pid, signal.SIGINT))
        command = [sys.executable, "-m", "sandbox", "contracts", "verify", "--provider", f"erp={url}", "--pact", pact]
        process = subprocess.Popen([*command, "--json"], stdout=subprocess.PIPE, text=True)
        said, _ = process.communicate(timeout=60)
    told = json.loads(said)
    assert process.returncode == 130
    assert [one["verdict"] for one in told["interactions"]] == ["pass", "unknown", "unknown"]
    assert told["stopped"] == "stopped after 1 of 3 interactions"
    assert told["verdict"] == "unknown"
