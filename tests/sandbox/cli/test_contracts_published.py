"""`sandbox contracts published`: the table, the check, and what it is compared with."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli import contracts_published
from sandbox.cli.main import app
from sandbox.verification.published.contract import Contract
from tests.sandbox.verification.published.small import DAY, api, event, released

RETYPED = {"order": {"type": "integer"}}
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return released(tmp_path / "contracts", api(), event())


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*arguments: str, spoken: tuple[Contract, ...] = (api(), event())) -> tuple[int, str]:
        monkeypatch.setattr(contracts_published, "running", lambda: spoken)
        done = CliRunner().invoke(app, ["contracts", "published", "--folder", str(folder), *arguments])
        return done.exit_code, done.output

    return call


def test_it_lists_them_with_owner_state_and_dates(run: Run) -> None:
    code, said = run("--check")
    assert code == 0
    assert "openapi shop" in said
    assert str(DAY) in said
    assert "2 contracts: all hold" in said


def test_a_change_without_a_version_ends_with_1_and_says_what_changed(run: Run) -> None:
    changed = (api(reply=RETYPED), event())
    assert run(spoken=changed)[0] == 0, "without --check it only tells"
    code, said = run("--write", "--check", spoken=changed)
    assert code == 1
    assert "openapi shop changed, its version did not (1.0.0)" in said
    assert "needs 2.0.0" in said
    assert "breaking" in said


def test_the_higher_version_is_released(run: Run, folder: Path) -> None:
    changed = (api("2.0.0", reply=RETYPED), event())
    assert run("--write", "--check", spoken=changed)[0] == 0
    assert run("--release", spoken=changed)[0] == 0
    assert (folder / "released/openapi/shop/2.0.0.json").is_file()
    assert run("--check", spoken=changed)[0] == 0


def test_a_change_that_needs_another_version_is_not_released(run: Run, folder: Path) -> None:
    changed = (api(reply=RETYPED), event())
    before = (folder / "released/openapi/shop/1.0.0.json").read_text()
    assert run("--write", "--release", spoken=changed)[0] == 1
    assert (folder / "released/openapi/shop/1.0.0.json").read_text() == before


def test_json_has_the_common_shape_and_all_the_rest(run: Run) -> None:
    code, said = run("--check", "--json", spoken=(api(reply=RETYPED), event()))
    told = json.loads(said)
    assert code == 1
    assert (told["check"], told["subject"], told["verdict"], told["tested"]) == (
        "diff",
        "published contracts",
        "fail",
        2,
    )
    assert told["contracts"][0]["changes"][0]["severity"] == "breaking"
    assert told["versions"] == {"shop": "1.0.0", "shop/order.placed": "1.0.0"}


def test_only_the_named_ones_are_checked(run: Run) -> None:
    code, said = run("shop/order.placed", "--check", spoken=(api(reply=RETYPED), event()))
    assert code == 0
    assert "openapi" not in said
    code, said = run("shup", "--check")
    assert code == 2
    assert "did you mean 'shop'?" in said


def test_it_compares_with_another_folder(run: Run, folder: Path, tmp_path: Path) -> None:
    other = released(tmp_path / "other", api(reply=RETYPED), event())
    code, said = run("--check", "--against", str(other))
    assert code == 1
    assert "openapi shop changed" in said


def test_it_compares_with_a_git_revision(run: Run, folder: Path) -> None:
    def git(*arguments: str) -> None:
        told = ["git", "-C", str(folder.parent), "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
        subprocess.run(told, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", "contracts")
    git("commit", "--quiet", "-m", "as it was")
    shutil.rmtree(folder / "released")
    changed = (api(reply=RETYPED), event())
    code, said = run("--write", "--check", "--against", "HEAD", spoken=changed)
    assert code == 1
    assert "openapi shop changed, its version did not" in said
    code, said = run("--check", "--against", "no-such-branch")
    assert code == 2
    assert "neither a folder nor a git revision" in said


def test_a_contract_that_nobody_speaks_is_told(run: Run) -> None:
    code, said = run("--check", spoken=(api(),))
    assert code == 1
    assert "nobody speaks it" in said
