"""`sandbox replay --live`: one after the other or several at once; stopped, it ends them all."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.hunt import confirming
from sandbox.hunt.confirming import Confirmation
from sandbox.hunt.finding import Finding, write_finding
from sandbox.hunt.trial import Trial
from sandbox.runs.request import Progress
from tests.sandbox.hunt.small_targets import SMALL

PROGRESS = Progress("demand", 0, 0, 10, 0, 0)


class Lives:
    """Stands in for runs against processes: counts how many there are at once, and how each ended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stop_at: str | None = None) -> None:
        self.now = self.most = 0
        self.ended: list[str] = []
        self._stop_at = stop_at
        monkeypatch.setattr(confirming, "confirming", self._confirming)

    async def _confirming(self, found: Finding, settings: Any, hear: Any, trouble: Any) -> Confirmation:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            for _ in range(5 - int(found.invariant[1:])):
                await asyncio.sleep(0.01)
                if found.invariant == self._stop_at:
                    signal.raise_signal(signal.SIGINT)
                hear(PROGRESS)
            return Confirmation("confirmed" if found.invariant == "I2" else "not confirmed")
        finally:
            self.now -= 1
            self.ended.append(found.invariant)


def files(folder: Path) -> list[str]:
    """Three findings; the last one is answered first."""
    each = [Finding(SMALL, Trial(), name, "single", None, 0, "wrong", "0" * 64, {}) for name in ("I1", "I2", "I3")]
    return [str(write_finding(folder, found)) for found in each]


@pytest.mark.parametrize(("words", "at_once"), [([], 1), (["--workers", "2"], 2), (["--workers", "9"], 3)])
def test_so_many_at_once_and_told_in_their_order(
    words: list[str], at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives = Lives(monkeypatch)
    paths = files(tmp_path)
    done = CliRunner().invoke(app, ["replay", *paths, "--live", "--json", *words])
    assert done.exit_code == 1, done.output
    assert lives.most == at_once
    told = json.loads(done.stdout)["findings"]
    assert [one["file"] for one in told] == paths
    assert [one["answer"] for one in told] == ["not confirmed", "confirmed", "not confirmed"]


@pytest.mark.parametrize("words", [[], ["--workers", "3"]])
def test_when_it_is_stopped_all_end(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lives = Lives(monkeypatch, stop_at="I1")
    done = CliRunner().invoke(app, ["replay", *files(tmp_path), "--live", *words])
    assert done.exit_code == 130, done.output
    assert lives.now == 0
    assert sorted(lives.ended) == (["I1", "I2", "I3"] if words else ["I1"])
    assert "Stopped after 0 of 3 findings" in done.stderr


def test_a_file_that_is_wrong_is_told_before_anything_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lives = Lives(monkeypatch)
    broken = tmp_path / "broken.yaml"
    broken.write_text("format: 1\n")
    assert CliRunner().invoke(app, ["replay", *files(tmp_path), str(broken), "--live"]).exit_code == 2
    assert lives.ended == []


def test_workers_are_of_live_runs(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["replay", *files(tmp_path), "--workers", "2"])
    assert done.exit_code == 2
    assert "is of live runs" in done.stderr
