"""Pacts from a broker: what it is asked, what it is told, and what becomes of a broker that is no help."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from sandbox.verification.pacts.providers.served import at_url
from tests.sandbox.verification.pacts.fake_broker import FakeBroker
from tests.sandbox.verification.pacts.provided import ITEM_2

RIGHT = {"consumer": {"name": "reporting"}, "provider": {"name": "erp"}, "interactions": [ITEM_2]}
_WRONG = {**ITEM_2, "response": {"status": 200, "body": {"no_such_field": 1}}}
WRONG = {**RIGHT, "interactions": [_WRONG]}


@contextmanager
def at_work(broker: FakeBroker) -> Iterator[str]:
    with at_url(broker) as url:
        broker.url = url
        yield url


def verify(url: str, *words: str, secret: str = "s3cret") -> Result:
    command = ["contracts", "verify", "--mock", "erp", "--broker", url, "--broker-token-env", "BROKER_TOKEN", *words]
    return CliRunner(env={"BROKER_TOKEN": secret}).invoke(app, command)


def test_what_is_asked_arrives_and_results_are_published() -> None:
    broker = FakeBroker(RIGHT)
    with at_work(broker) as url:
        result = verify(
            url, "--json", "--include-pending", "--include-wip-since", "2026-01-31", "--provider-branch", "main",
            "--provider-tag", "prod", "--provider-version", "1.2.3", "--publish", "--build-url", "https://ci/1",
            "--consumer-version-selector", '{"mainBranch": true}',
            "--consumer-version-selector", '{"deployed": true, "environment": "production"}',
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["subject"], told["verdict"], told["versions"]) == ("reporting->erp", "pass", {"erp": "1.2.3"})
    assert broker.sent("POST /pacts/erp/for-verification") == {
        "providerVersionTags": ["prod"],
        "includePendingStatus": True,
        "includeWipPactsSince": "2026-01-31",
        "consumerVersionSelectors": [{"mainBranch": True}, {"deployed": True, "environment": "production"}],
        "providerVersionBranch": "main",
    }
    published = broker.sent("POST /results")
    assert (published["success"], published["providerApplicationVersion"]) == (True, "1.2.3")
    assert published["buildUrl"] == "https://ci/1"


def test_a_pending_pact_that_fails_does_not_count_and_another_does() -> None:
    codes: list[tuple[int, str]] = []
    for pending in (True, False):
        with at_work(FakeBroker(WRONG, pending=pending)) as url:
            result = verify(url, "--json", "--include-pending")
        told: dict[str, Any] = json.loads(result.stdout)
        assert told["interactions"][0]["pending"] is pending
        codes.append((result.exit_code, told["verdict"]))
    assert codes == [(0, "pending"), (1, "fail")]


def test_results_that_could_not_be_published_are_told() -> None:
    with at_work(FakeBroker(RIGHT, loses_results=True)) as url:
        result = verify(url, "--publish", "--provider-version", "1.2.3")
    assert result.exit_code == 1
    assert "Publishing of verification results failed" in result.stdout


def test_a_broker_that_lets_nobody_in_is_bad_input() -> None:
    with at_work(FakeBroker(RIGHT)) as url:
        result = verify(url, secret="wrong")
    assert result.exit_code == 2
    assert "the broker can't be asked" in result.stderr


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--consumer-version-selector", '{"mainbranch": true}'), "did you mean 'mainBranch'?"),
        (("--consumer-version-selector", "main"), "is no JSON object"),
        (("--include-wip-since", "yesterday"), "is no day"),
        (("--pact", "contracts/pacts"), "from files or from a broker"),
        (("--broker-user-env", "USER_OF_BROKER"), "USER_OF_BROKER is not set"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_is_asked(words: tuple[str, ...], why: str) -> None:
    result = verify("http://127.0.0.1:9", *words, "--json")
    assert result.exit_code == 2
    assert why in result.output


def test_publishing_needs_a_broker(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["contracts", "verify", "--mock", "erp", "--publish"])
    assert result.exit_code == 2
    assert "results are published to a broker" in result.stderr
