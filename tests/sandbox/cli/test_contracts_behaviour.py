"""`sandbox contracts behaviour`: what it prints, and how it ends."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from sandbox.verification.behaviour.checks import CHECKS
from tests.sandbox.verification.behaviour.wholesaler import PROFILE, SECRET, TOKEN, Wholesaler, document, serving


@contextmanager
def served(habit: str) -> Iterator[str]:
    """A wholesaler in a thread of its own; its URL."""
    found: list[str] = []
    is_up, is_over = threading.Event(), threading.Event()

    async def run() -> None:
        async with serving(Wholesaler(habit).app) as url:
            found.append(url)
            is_up.set()
            while not is_over.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    is_up.wait()
    try:
        yield found[0]
    finally:
        is_over.set()
        thread.join()


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The wholesaler's profile and document, and the secrets in the environment."""
    monkeypatch.setenv("WHOLESALER_TOKEN", TOKEN)
    monkeypatch.setenv("WHOLESALER_SECRET", SECRET)
    (tmp_path / "wholesaler.json").write_text(json.dumps(document()))
    (tmp_path / "profile.yaml").write_text(PROFILE)
    return tmp_path / "profile.yaml"


def behaviour(*words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["contracts", "behaviour", *words])


def test_nothing_tested_is_an_error_in_junit_as_it_is_for_the_exit_code(profile: Path) -> None:
    junit = profile.parent / "out.xml"
    with served("") as url:
        words = ("--base-url", url, "--profile", str(profile), "--check", "webhook-signed", "--operation", "listOrders")
        result = behaviour(*words, "--junit", str(junit))
        assert (result.exit_code, ElementTree.parse(junit).getroot().get("errors")) == (0, "0"), result.output
        profile.write_text(PROFILE.replace("  secret_env: WHOLESALER_SECRET\n", ""))
        result = behaviour(*words, "--junit", str(junit))
    assert (result.exit_code, ElementTree.parse(junit).getroot().get("errors")) == (1, "1"), result.output


def test_a_finding_is_told_with_its_calls_and_ends_with_1(profile: Path) -> None:
    with served("needs-no-key") as url:
        junit = profile.parent / "out.xml"
        words = ("--base-url", url, "--profile", str(profile), "--check", "key-missing", "--junit", str(junit))
        result = behaviour(*words)
        told = json.loads(behaviour(*words, "--json").stdout)
    assert result.exit_code == 1
    assert "without the required Idempotency-Key the call is answered with 201" in " ".join(result.stdout.split())
    assert "> POST" in result.stdout
    assert "Wholesaler: 0 pass, 1 fail, 0 not tested" in result.stdout
    assert (told["check"], told["subject"], told["verdict"], told["tested"]) == ("behaviour", "Wholesaler", "fail", 1)
    assert told["versions"] == {"Wholesaler": "2.3.0"}
    assert 201 in [one["answer"]["status"] for one in told["findings"][0]["evidence"]]
    assert TOKEN not in json.dumps(told)
    failure = ElementTree.parse(junit).find(".//failure")
    assert failure is not None
    assert TOKEN not in junit.read_text()


def test_nothing_tested_is_no_success(profile: Path) -> None:
    with served("") as url:
        document_file = str(profile.parent / "wholesaler.json")
        result = behaviour("--base-url", url, "--openapi", document_file, "--check", "key-repeated")
    assert result.exit_code == 1
    assert "nothing could be tested" in result.stdout


def test_an_api_that_behaves_ends_with_0(profile: Path) -> None:
    with served("") as url:
        words = ("--base-url", url, "--profile", str(profile), "--check", "key-reused", "--operation", "createOrder")
        result = behaviour(*words, "--all")
    assert result.exit_code == 0, result.stdout
    assert "refused with 422" in result.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("erq",), "no mock system is called 'erq'; did you mean 'erp'?"),
        (("--check", "key-repeted"), "no check is called 'key-repeted'; did you mean 'key-repeated'?"),
        (("--openapi", "x.json"), "--base-url: is missing"),
        (("erp", "--base-url", "http://x"), "give systems of ours, or URLs of yours, not both"),
        (("--webhook-target", "http://x"), "--webhook-target and --secret-env go together"),
        (("--receive-on", "8080"), "'8080' is no HOST:PORT"),
        (("--base-url", "http://x"), "no OpenAPI document is named"),
        (("desk", "--operation", "opnException"), "is called 'opnException'; did you mean 'openException'?"),
    ],
)
def test_bad_input_ends_with_2(words: tuple[str, ...], told: str) -> None:
    result = behaviour(*words)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())


def test_a_missing_secret_is_named(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHOLESALER_TOKEN")
    result = behaviour("--base-url", "http://127.0.0.1:1", "--profile", str(profile))
    assert result.exit_code == 2
    assert "the environment variable WHOLESALER_TOKEN is missing" in " ".join(result.output.split())


def test_the_page_tells_every_check() -> None:
    listed = json.loads(behaviour("--list", "--json").stdout)["checks"]
    page = Path("docs/contracts/behaviour.md").read_text()
    assert [one["id"] for one in listed] == [check.id for check in CHECKS]
    for check in CHECKS:
        assert f"### {check.id}\n" in page
        assert check.what in page
        assert check.why in page
        assert check.source in page
