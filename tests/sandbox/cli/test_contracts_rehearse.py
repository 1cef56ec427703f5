"""`sandbox contracts rehearse`: what it prints, and how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from tests.sandbox.runs.small_runs import small_scenario
from tests.sandbox.verification.rehearsal.published import changed, published, require


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A few hours with a few orders."""
    small_scenario(
        tmp_path,
        world={"start": "2011-11-14", "days": 1, "from": "9:00", "to": "12:00"},
        demand={"orders_per_day": 60, "skus": 12, "customers": 8},
        phases={"settle": "3h"},
    )
    return tmp_path / "small.yaml"


def rehearse(*words: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["contracts", "rehearse", *map(str, words)])


def test_what_breaks_is_told_and_ends_with_1(scenario: Path, tmp_path: Path) -> None:
    new = changed(tmp_path, lambda document: require(document, "NewSalesOrder", "tax_code", {"type": "string"}))
    words = (scenario, "--system", "erp", "--to", new, "--at", "9:30", "--until", "11:30")
    page = tmp_path / "page.html"
    result = rehearse(*words, "--page", page)
    assert result.exit_code == 1
    told = " ".join(result.stdout.split())
    assert "Breaks: order to cash" in told
    assert "Stuck at roll-back:" in told
    assert "refused: POST /sales-orders" in told
    assert "It does not heal after roll-back. Left to do by hand:" in told
    assert page.is_file()


def test_nothing_to_rehearse_is_no_pass_and_is_not_told_as_one(scenario: Path, tmp_path: Path) -> None:
    told = rehearse(scenario, "--system", "erp", "--to", published(), "--page", tmp_path / "page.html")
    assert told.exit_code == 1
    assert "Nothing was tried, so nobody knows what breaks" in told.stdout
    assert "Nothing breaks" not in told.stdout
    assert "nothing breaks" not in (tmp_path / "page.html").read_text()
    safe = changed(tmp_path, lambda document: require(document, "SalesOrder", "tax_code", {"type": "string"}))
    told = rehearse(scenario, "--system", "erp", "--to", safe, "--at", "9:30", "--until", "11:30")
    assert (told.exit_code, "Nothing breaks" in told.stdout) == (0, True)
    result = rehearse(scenario, "--system", "erp", "--to", published(), "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["check"], told["verdict"], told["tested"], told["changes"]) == ("rehearsal", "unknown", 0, [])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--system", "epr"], "did you mean"),
        (["--system", "erp", "--at", "noon"], "--at"),
        (["--system", "erp", "--at", "9:30", "--until", "9:00"], "--until"),
        (["--system", "erp", "--share", "0"], "--share"),
        (["--system", "erp", "--renamed", "number"], "OLD=NEW"),
        (["--system", "erp", "--from", "nowhere.json"], "nowhere.json"),
    ],
)
def test_bad_input_ends_with_2_and_says_where(scenario: Path, words: list[str], said: str) -> None:
    result = rehearse(scenario, "--to", published(), *words)
    assert result.exit_code == 2, result.output
    assert said in result.stderr


@pytest.mark.campaign
def test_the_page_tells_what_the_tuesday_costs_today() -> None:
    page = Path("docs/contracts/rehearse.md").read_text()
    result = rehearse("normal_day", "--system", "erp", "--to", "contracts/examples/erp-tuesday.yaml")
    found = re.search(r"Stuck at roll-back: (\d+) orders \(([\d,.]+ GBP)\)", result.stdout)
    assert found is not None, result.output
    assert f"hold up {found[1]} orders worth {found[2]}" in page
