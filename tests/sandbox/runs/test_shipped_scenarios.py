"""Every shipped scenario meets its expectations through the command, and together they exercise every invariant."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app
from sandbox.oracle.invariants import ALL
from sandbox.runs.library import scenarios
from sandbox.runs.scenario import load_scenario

# A week of history and three full days of a month's end. Four days of the one are run by a page's command, supply,
# counts and the faults of the other by test_supply; whole they are run by `make campaign`.
LONG = ("month_end", "peak_week")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.campaign) if name in LONG else name for name in scenarios()]
)
def test_a_scenario_meets_its_expectations_and_each_of_its_faults_strikes(name: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["run", name, "--out", str(tmp_path / name), "--json"])
    assert result.exit_code == 0, result.output[-2000:]
    record = json.loads((tmp_path / name / "record.json").read_text())
    assert record["expectations"], f"{name} expects nothing"
    assert all(expectation["passed"] for expectation in record["expectations"])
    assert not [found["id"] for found in record["invariants"] if found["verdict"] == "violated"]
    compared = {found["name"]: found["compared"] for found in record["books"]}
    assert compared.pop("money: refunded and booked") or name != "returns_wave"
    assert all(compared.values()), f"nothing to hold against each other: {compared}"
    idle = [fault["id"] for fault in record["faults"] if not fault["fired"]]
    assert not idle, f"these faults never struck: {idle}"
    assert (tmp_path / name / "report.html").stat().st_size > 10_000


def test_together_they_expect_every_invariant_to_be_exercised() -> None:
    """What a scenario expects is held by the test above, so it is enough to read what they expect."""
    expected: set[str] = set()
    for path in scenarios().values():
        for line in load_scenario(path).expectations:
            if line.text.endswith((" exercised", " hold")):
                expected.update(re.findall(r"I\d+", line.text))
    assert expected == {monitor.id for monitor in ALL}
