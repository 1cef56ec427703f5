"""How the benchmarks are run: one alone keeps the others' rows, and what is missing is said."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.missing import Missing
from tests.benchmarks.wrk_client import needs_wrk

ROW = {"name": "x", "unit": "1/s", "ours": 2.0, "baseline": 1.0, "ratio": 2.0}


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "bench.json"
    path.write_text(json.dumps([{"bench": "store", **ROW}, {"bench": "mocks", **ROW, "ours": 1.0}]))
    monkeypatch.setattr(benchmarks, "OUT", path)
    return path


def measure(monkeypatch: pytest.MonkeyPatch, rows: Any) -> int:
    monkeypatch.setitem(sys.modules, "tests.benchmarks.bench_mocks", SimpleNamespace(rows=rows))
    return benchmarks.main(["--only", "mocks"])


def test_one_alone_leaves_the_rows_of_the_others(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert measure(monkeypatch, lambda: [ROW]) == 0
    assert json.loads(out.read_text()) == [{"bench": "mocks", **ROW}, {"bench": "store", **ROW}]


def test_what_is_missing_is_said(
    out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = out.read_text()
    monkeypatch.setenv("PATH", "/nowhere")
    assert measure(monkeypatch, needs_wrk) == 2
    assert "mocks is not measured: wrk is not here" in capsys.readouterr().out.replace("\n", " ")
    assert out.read_text() == before


def test_without_npm_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.benchmarks.npm_mocks import needs_npm

    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Missing, match=r"install Node\.js"):
        needs_npm()
