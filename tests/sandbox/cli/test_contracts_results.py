"""What the checks print with `--json` is what a result is recorded from, be it one result or several."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.verification.fuzz import own, own_core
from sandbox.verification.outcome import read_outcomes
from sandbox.verification.pacts.writing import write_pacts
from tests.sandbox.verification.fuzz.shelf import shelves

CONTRACTS = Path(__file__).resolve().parents[3] / "contracts"
FUZZ = ("fuzz", "--phase", "fuzzing", "--examples", "1", "--operation", "putOnShelf")
BEHAVIOUR = ("behaviour", "--check", "lost-update-unconditional")


def subjects(tmp_path: Path, *words: str) -> list[str]:
    """What each of the results is about, as it is read from a file."""
    printed = CliRunner().invoke(app, ["contracts", *words, "--json"])
    (tmp_path / "results.json").write_text(printed.stdout)
    return [outcome.subject for outcome in read_outcomes(tmp_path / "results.json")]


@pytest.fixture(autouse=True)
def without_books(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days of trade would take longer than all else here: shelves take the systems' places for the fuzz."""
    monkeypatch.setattr(own_core, "core_target", lambda seed: replace(shelves(), subject="core"))
    monkeypatch.setattr(own, "own_targets", lambda names, seed: [replace(shelves(), subject=name) for name in names])


@pytest.mark.parametrize("words", [FUZZ, BEHAVIOUR], ids=lambda words: words[0])
def test_several_systems_have_a_result_each(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert subjects(tmp_path, *words, "desk", "carrier") in (["desk", "carrier"], ["carrier", "desk"])
    assert subjects(tmp_path, *words, "desk") == ["desk"]


def test_the_core_is_fuzzed_by_name_beside_systems_or_alone(tmp_path: Path) -> None:
    assert subjects(tmp_path, *FUZZ, "core", "desk") == ["desk", "core"]
    assert subjects(tmp_path, *FUZZ, "core") == ["core"]


def test_several_pacts_have_a_result_each(tmp_path: Path) -> None:
    write_pacts(tmp_path / "pacts")
    held = ("compatible", "--pact", str(tmp_path / "pacts"), "--openapi", str(CONTRACTS / "openapi" / "erp.json"))
    assert len(subjects(tmp_path, *held)) == 5
    assert subjects(tmp_path, *held, "--provider", "erp") == ["sync-core->erp"]
