"""`sandbox shrink` and `sandbox replay`: files, tables, JSON and exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.hunt.finding import read_finding, write_finding
from sandbox.hunt.replaying import replayed
from tests.sandbox.hunt.found import found, found_file
from tests.sandbox.hunt.small_targets import SMALL


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a finding."""
    return found_file(tmp_path_factory.mktemp("found"))


@pytest.mark.campaign
def test_shrink_keeps_the_small_finding_and_shows_that_it_is_minimal(path: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["shrink", str(path), "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    (file,) = tmp_path.glob("*.yaml")
    assert file.with_suffix(".html").is_file()
    small = read_finding(file)
    assert [atom.kind for atom in small.trial.atoms] == ["lost_reply"]
    assert small.trial.orders is not None
    assert len(small.trial.orders) == 1
    assert small.minimality is not None
    assert small.minimality.complete
    assert {removal.verdict for removal in small.minimality.removals} == {"passes"}
    assert replayed(small).verdict == "reproduced"
    assert "3 faults and" in done.stdout
    assert "the 1st createSalesOrder call for W-000001 to the ERP takes effect, but its reply is lost" in done.stdout
    assert str(file) in done.stdout.replace("\n", "")


def test_shrink_refuses_what_passes_now(path: Path, tmp_path: Path) -> None:
    mended = write_finding(tmp_path, replace(read_finding(path), target=SMALL))
    done = CliRunner().invoke(app, ["shrink", str(mended)])
    assert done.exit_code == 2
    assert "does not come about any more" in done.stderr


@pytest.mark.campaign
def test_replay_ends_with_one_for_what_still_fails_and_zero_for_what_passes(path: Path, tmp_path: Path) -> None:
    mended = write_finding(tmp_path, replace(found(), target=SMALL))
    done = CliRunner().invoke(app, ["replay", str(mended)])
    assert done.exit_code == 0, done.output
    assert "passes now" in done.stdout
    assert "changed: own core" in done.stdout

    done = CliRunner().invoke(app, ["replay", str(mended), str(path), "--json"])
    assert done.exit_code == 1
    assert [one["verdict"] for one in json.loads(done.stdout)["findings"]] == ["passes", "reproduced"]


def test_bad_files_and_budgets_are_told(path: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("format: 1\ninvariant: I2\n")
    done = CliRunner().invoke(app, ["replay", str(broken)])
    assert done.exit_code == 2
    assert "broken.yaml" in done.stderr
    assert CliRunner().invoke(app, ["shrink", str(path), "--budget", "soon"]).exit_code == 2


def test_explain_tells_it_and_writes_the_page(path: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    done = CliRunner().invoke(app, ["explain", str(path), "--page", str(page)])
    assert done.exit_code == 0, done.output
    for told in ("I2", "What it takes (", "<- evidence", "The same run without F2 passes"):
        assert told in done.stdout
    assert page.is_file()
    done = CliRunner().invoke(app, ["explain", str(path), "--json"])
    told = json.loads(done.stdout)
    assert told["difference"]["without"] == "F2"
    assert told["page"] is None
