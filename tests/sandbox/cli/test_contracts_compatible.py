"""`sandbox contracts compatible`: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sandbox.cli.main import app
from tests.sandbox.verification.pacts_against_openapi.vendor import document, pact_of, reading


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A vendor's document, a pact that fits, and one that does not."""
    (tmp_path / "openapi.json").write_text(json.dumps(document(), indent=1))
    (tmp_path / "pacts").mkdir()
    (tmp_path / "pacts" / "fits.json").write_text(json.dumps(pact_of(reading({"id": "O-1"}))))
    (tmp_path / "pacts" / "other.json").write_text(json.dumps(pact_of(reading({"x": 1}), provider="wms")))
    broken = pact_of(reading({"state": "open"}), consumer="label")
    (tmp_path / "breaks.json").write_text(json.dumps(broken, indent=1))
    return tmp_path


def compatible(folder: Path, *words: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["contracts", "compatible", "--openapi", str(folder / "openapi.json"), *words])


def test_pacts_of_the_provider_that_fit_end_with_0(folder: Path) -> None:
    result = compatible(folder, "--pact", str(folder / "pacts"), "--provider", "erp")
    assert result.exit_code == 0
    assert "shop->erp: pass: 1 interactions tested, 0 not, 0 breaking" in " ".join(result.stdout.split())


def test_a_misfit_ends_with_1_and_tells_the_places(folder: Path) -> None:
    result = compatible(folder, "--pact", str(folder / "breaks.json"))
    assert result.exit_code == 1
    told = "".join(result.stdout.split())
    assert "nofield'state'isdeclared" in told
    assert "havetheproviderdeclarethefield" in told
    assert "breaks.json:" in told
    assert "openapi.json:" in told


def test_json_has_the_shape_of_a_check(folder: Path) -> None:
    told = json.loads(compatible(folder, "--pact", str(folder / "breaks.json"), "--json").stdout)
    assert (told["check"], told["subject"], told["verdict"], told["tested"]) == ("pact", "label->erp", "fail", 1)
    assert told["findings"][0]["rule"] == "response-field-undeclared"
    assert told["findings"][0]["in_pact"]["line"] > 1


def test_bad_input_ends_with_2(folder: Path) -> None:
    assert compatible(folder, "--pact", str(folder / "missing.json")).exit_code == 2
    result = compatible(folder, "--pact", str(folder / "pacts"), "--provider", "crm")
    assert result.exit_code == 2
    assert "found: erp, wms" in result.stderr
