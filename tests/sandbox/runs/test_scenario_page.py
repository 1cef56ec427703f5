"""docs/write-a-scenario.md: its files are sound, its commands answer what it shows, its tables are complete."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.faults.atoms import KINDS
from sandbox.runs.scenario import load_scenario

PAGE = (Path(__file__).parents[3] / "docs" / "write-a-scenario.md").read_text(encoding="utf-8")
FILES = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
BROKEN = "title: Mine\nworld: {start: 2011-11-14, days: 1}\ndemand: {order_per_day: 5}\n"


@pytest.mark.parametrize("text", FILES)
def test_its_files_are_sound(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    assert load_scenario(tmp_path / "mine.yaml").plan(1) is not None


def test_its_checks_answer_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "noon.yaml").write_text(FILES[0])
    (tmp_path / "scenarios" / "broken.yaml").write_text(BROKEN)
    monkeypatch.chdir(tmp_path)
    shown = re.findall(r"^\$ sandbox (check .*)\n(.*)$", PAGE, re.M)
    assert len(shown) == 2
    for words, answer in shown:
        done = CliRunner().invoke(app, shlex.split(words))
        assert " ".join((done.stdout + done.stderr).split()) == answer


def test_it_tells_every_kind_of_fault() -> None:
    first_cells = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", PAGE, re.M)
    assert re.findall(r"\w+", " ".join(first_cells))[: len(KINDS)] == list(KINDS)
