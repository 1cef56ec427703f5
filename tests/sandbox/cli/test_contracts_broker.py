"""The gate with a Pact Broker: told of what is recorded, and asked for what others have told it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from tests.sandbox.verification.gate.fake_broker import FakeBroker, serving
from tests.sandbox.verification.gate.team import READS_ALL, READS_STATUS
from tests.sandbox.verification.pacts_against_openapi.vendor import pact_of


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBroker]:
    monkeypatch.setenv("PACT_BROKER_TOKEN", "secret")
    with serving(FakeBroker("secret")) as fake:
        yield fake


class Console:
    """Commands with a broker, each pair of them in a folder (a machine) of its own."""

    def __init__(self, broker: FakeBroker, folder: Path) -> None:
        self.broker, self.folder = broker, folder

    def __call__(self, *words: str, code: int = 0, machine: str = "here", broker: bool = True) -> Result:
        options = ["--database", f"sqlite:///{self.folder}/{machine}.sqlite"]
        options += ["--broker", self.broker.url] if broker else []
        result = CliRunner().invoke(app, ["contracts", *words, *options])
        assert result.exit_code == code, result.output + result.stderr
        return result

    def file(self, name: str, told: Any) -> str:
        """A file with a value as JSON."""
        (self.folder / name).write_text(json.dumps(told))
        return str(self.folder / name)

    def verified(self, verdict: str, against: str, consumer: str = "1") -> None:
        """Record a verification of the shop's pact."""
        told = {"check": "pact", "subject": "shop->erp", "verdict": verdict, "tested": 1, "findings": []}
        file = self.file("result.json", {**told, "versions": {"shop": consumer, "erp": against}})
        self("record", "result", file, "--branch", "main")


@pytest.fixture
def console(broker: FakeBroker, tmp_path: Path) -> Console:
    console = Console(broker, tmp_path)
    console("record", "environment", "production", broker=False)
    file = console.file("shop.json", pact_of(READS_ALL))
    console("record", "consumer", "--pact", file, "--version", "1", "--branch", "main")
    console.verified("pass", "1")
    console("record", "deployment", "-a", "erp", "-e", "1", "--environment", "production")
    return console


def test_what_is_recorded_is_published(console: Console) -> None:
    fake = console.broker
    assert fake.pacts["shop", "1", "erp"] == pact_of(READS_ALL)
    assert fake.versions == {("shop", "1"): "main", ("erp", "1"): "main"}
    assert [one[3:] for one in fake.results] == [("1", True)]
    assert [(one["name"], one["number"]) for one in fake.there if one["now"]] == [("erp", "1")]
    console("record", "release", "-a", "shop", "-e", "1", "--environment", "production")
    console("record", "support-ended", "-a", "shop", "-e", "1", "--environment", "production")
    console("record", "undeployment", "-a", "erp", "--environment", "production")
    assert not [one for one in fake.there if one["now"]]


def test_another_machine_asks_the_broker_and_answers_by_its_rows(console: Console) -> None:
    asked = ("gate", "--environment", "production", "-a", "shop", "-e")
    told = " ".join(console(*asked, "1", machine="other").stdout.split())
    assert "shop 1 may be deployed to production" in told
    assert "the broker says yes: as the rows say" in told
    file = console.file("shop-2.json", pact_of(READS_STATUS))
    console("record", "consumer", "--pact", file, "--version", "2", "--branch", "feature")
    told = " ".join(console(*asked, "2", machine="other", code=1).stdout.split())
    assert "nobody knows whether shop 2" in told
    console.verified("fail", "1", consumer="2")
    assert "shop 2 may not" in console(*asked, "2", machine="other", code=1).stdout


def test_what_is_pending_is_known_from_the_broker(console: Console) -> None:
    console("record", "deployment", "-a", "shop", "-e", "1", "--environment", "production")
    console.verified("fail", "2")
    asked = ("gate", "--environment", "production", "-a", "erp", "-e", "2")
    assert "may not be deployed" in console(*asked, machine="other", code=1).stdout
    console.broker.versions["erp", "1"] = "feature"
    assert "pending" in console(*asked, machine="other").stdout


def test_a_pact_that_changes_and_what_is_not_known_are_refused_in_words(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = console.file("changed.json", pact_of(READS_STATUS))
    refused = console("record", "consumer", "--pact", other, "--version", "1", code=2, machine="other")
    assert "409: " in refused.stderr
    assert "Cannot change the content" in refused.stderr
    asked = ("gate", "--environment", "production", "-a", "shop", "-e")
    assert "the broker says 404" in console(*asked, "9", machine="other", code=2).stderr
    assert "say who asks" in console("gate", "--environment", "production", code=2).stderr
    assert "no environment 'test'" in console("gate", "--environment", "test", "-a", "shop", "-e", "1", code=2).stderr
    monkeypatch.setenv("PACT_BROKER_TOKEN", "wrong")
    assert "set PACT_BROKER_TOKEN" in console(*asked, "1", code=2).stderr
    console.broker.url = "http://127.0.0.1:1"
    assert "does not answer" in console(*asked, "1", code=2).stderr


def test_a_dry_run_tells_the_broker_nothing(console: Console) -> None:
    calls = len(console.broker.calls)
    file = console.file("shop-3.json", pact_of(READS_STATUS))
    console("record", "consumer", "--pact", file, "--version", "3", "--dry-run")
    assert len(console.broker.calls) == calls
