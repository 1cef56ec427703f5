"""Ctrl-C and a polite kill leave a readable record that says so; a reader that leaves is no finding."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.cli.progress import ProgressBar
from sandbox.records.record import Record
from sandbox.runs.request import Progress


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_keeps_what_was_done(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Progress] = []

    def update(self: ProgressBar, progress: Progress) -> None:
        heard.append(progress)
        if len(heard) == 50:
            signal.raise_signal(number)

    monkeypatch.setattr(ProgressBar, "update", update)
    before = signal.getsignal(number)
    folder = tmp_path / "run"
    result = CliRunner().invoke(app, ["run", "normal_day", "--out", str(folder)])
    assert result.exit_code == 130
    assert len(heard) == 50, "it stops at the first step after the signal"
    record = Record.open(folder)
    assert not record.summary.finished
    assert record.summary.interrupted == "the user stopped it"
    with sqlite3.connect(folder / "facts.sqlite") as db:
        assert db.execute("SELECT count(*) FROM facts WHERE kind = 'order.accepted'").fetchone()[0] > 0
    assert signal.getsignal(number) == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"], "nothing half-made is left beside it"


def test_a_reader_that_leaves_is_no_finding() -> None:
    """`sandbox ... | head` under `pipefail`: 1 would tell a build of findings."""
    words = [sys.executable, "-m", "sandbox", "scenarios"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141
