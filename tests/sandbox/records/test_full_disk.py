"""A disk that is full, or a folder that is read-only, ends a command with 2 and words, and leaves nothing half done."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.records.record import Record
from sandbox.records.record_folder import RecordError
from sandbox.records.recording import RecordWriter
from sandbox.records.summary import Summary
from sandbox.whole_files import write_whole
from tests.campaign_cases import one_in

BEGUN = Summary(title="t", scenario="s", design="d", seed=1, repeat="sandbox run s")


def sandbox(*words: str, most_bytes: int | None = None, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, that may write files of so many bytes."""

    def limit() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    command = [sys.executable, "-m", "sandbox", *words]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(
        command, cwd=folder, env=environment, preexec_fn=limit, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("most_bytes", one_in(2, [4_096, 300_000, 2_000_000]))
def test_a_disk_that_fills_up_during_a_run_is_told_and_nothing_stays(most_bytes: int, tmp_path: Path) -> None:
    ended = sandbox("run", "normal_day", "--out", "there", most_bytes=most_bytes, folder=tmp_path)
    assert ended.returncode == 2, ended.stderr
    assert "there/" in ended.stderr
    assert "make room on the disk" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_under_a_report_or_a_schema_is_told_and_the_old_file_stays(tmp_path: Path) -> None:
    with RecordWriter(tmp_path / "r", BEGUN) as writer:
        writer.close(BEGUN)
    for words in (("report", "r"), ("scenarios", "--schemas", "schemas")):
        ended = sandbox(*words, most_bytes=1_000, folder=tmp_path)
        assert ended.returncode == 2, ended.stderr
        assert "Traceback" not in ended.stderr
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["facts.sqlite", "record.json"]


def _record(folder: Path) -> None:
    with RecordWriter(folder, BEGUN) as writer:
        writer.close(BEGUN)


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    write_whole(path, "old")

    def stopped(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("x.json", "old")]


def test_a_record_that_is_stopped_while_it_is_completed_is_kept_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops = [KeyboardInterrupt]
    move = RecordWriter._complete

    def interrupted(self: RecordWriter, summary: Summary) -> None:
        if stops:
            raise stops.pop()
        move(self, summary)

    monkeypatch.setattr(RecordWriter, "_complete", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _record(tmp_path / "r")
    assert Record.open(tmp_path / "r").summary.interrupted == "the user stopped it"


def test_a_record_that_cannot_be_completed_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sandbox.records.record_folder.write_whole", full)
    with pytest.raises(RecordError, match="no space left"):
        _record(tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sign", one_in(2, [signal.SIGINT, signal.SIGTERM]))
def test_a_run_that_is_stopped_leaves_a_record_that_says_so(sign: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "run", "peak_week", "--out", "there"]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    running = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    unfinished = list[Path]()
    while running.poll() is None and not unfinished:
        time.sleep(0.05)
        unfinished = list(tmp_path.glob(".there.unfinished-*/record.json"))
    time.sleep(0.5)
    running.send_signal(sign)
    _, told = running.communicate(timeout=120)
    assert running.returncode == 130, told
    assert "kept in there" in told
    record = Record.open(tmp_path / "there")
    assert not record.summary.finished
    assert record.summary.interrupted == "the user stopped it"
    assert list(record.facts())
    assert sandbox("report", "there", folder=tmp_path).returncode == 0
