"""What once failed passes now: all findings of `scenarios/regressions/` are replayed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.hunt.finding import read_finding
from tests.house.sources import ROOT

FOLDER = ROOT / "scenarios" / "regressions"
FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_what_once_failed_passes_now(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(app, ["replay", str(file)])
    assert done.exit_code == 0, done.output
    assert "passes now" in done.stdout
    assert re.search("changed: code of the (core|oracle)", done.stdout)


def test_the_corpus_is_of_the_reference_core_and_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert FILES
    for finding in map(read_finding, FILES):
        assert finding.target.core is None
        assert finding.minimality is not None
        assert finding.minimality.complete
