"""`sandbox hunt` says what it found, keeps it, and tells bad input from findings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.hunt.finding import read_finding

CANARY = Path(__file__).parents[1] / "hunt" / "canary.py"
SMALL_DAY = """\
title: A few orders
world: {start: 2011-11-14, days: 1}
demand: {orders_per_day: 8, lines: 1.6, skus: 4, customers: 3}
design: hunting
"""


@pytest.fixture
def day(tmp_path: Path) -> str:
    """A scenario of a few orders."""
    path = tmp_path / "day.yaml"
    path.write_text(SMALL_DAY)
    return str(path)


def test_it_ends_with_one_for_a_finding_which_is_kept(day: str, tmp_path: Path) -> None:
    words = [
        "--core",
        f"{CANARY}:core",
        "--workers",
        "1",
        "--stage",
        "singles",
        "--runs",
        "300",
        "--no-shrink",
        "--json",
    ]
    done = CliRunner().invoke(app, ["hunt", day, *words, "--out", str(tmp_path / "found")])
    assert done.exit_code == 1, done.output
    told = json.loads(done.stdout)
    assert told["findings"]
    assert 0 < told["sites"]["struck"] <= told["sites"]["possible"]
    assert told["code"]["unreached"][0]["file"].startswith("sandbox/core/")
    for found in told["findings"]:
        assert read_finding(Path(found["file"])).invariant == found["invariant"]


@pytest.mark.campaign
def test_a_finding_is_made_small_and_explained_by_a_page(day: str, tmp_path: Path) -> None:
    words = ["--core", f"{CANARY}:core", "--workers", "1", "--invariant", "I2", "--runs", "300", "--json"]
    done = CliRunner().invoke(app, ["hunt", day, *words, "--out", str(tmp_path / "found")])
    assert done.exit_code == 1, done.output
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["atoms"], found["orders"], found["minimal"]) == (1, 1, True)
    path = Path(found["file"])
    assert sorted(file.name for file in path.parent.iterdir()) == sorted([path.name, path.with_suffix(".html").name])


@pytest.mark.campaign
def test_it_ends_with_zero_where_nothing_is_found(day: str, tmp_path: Path) -> None:
    found = tmp_path / "found"
    words = ["--workers", "1", "--stage", "swarm", "--runs", "4", "--out", str(found)]
    done = CliRunner().invoke(app, ["hunt", day, *words])
    assert done.exit_code == 0, done.output
    assert "0 kinds of failure in 4 runs" in done.stdout
    assert not found.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "no scenario is named"),
        (["hunting_dya"], "did you mean 'hunting_day'?"),
        (["hunting_day", "--stage", "single"], "did you mean 'singles'?"),
        (["hunting_day", "--invariant", "I99"], "there is no invariant 'I99'"),
        (["hunting_day", "--core", "nowhere"], "names no core"),
        (["hunting_day", "--core", "no.such.module:core"], "cannot be imported"),
        (["hunting_day", "--core", "json:nothing"], "has no factory 'nothing'"),
        (["hunting_day", "--mutant", "B07", "--core", "json:dumps"], "excludes --mutant"),
        (["hunting_day", "--budget", "soon"], "--budget"),
        (["hunting_day", "--cluster", "tcp://127.0.0.1:1", "--workers", "2"], "excludes --cluster"),
    ],
)
def test_bad_input_is_told(words: list[str], told: str) -> None:
    done = CliRunner().invoke(app, ["hunt", *words])
    assert done.exit_code == 2, done.output
    assert told in done.stderr.replace("\n", " ")
