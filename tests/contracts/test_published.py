"""What is published is what runs: the OpenAPI documents in contracts/ are made from the route tables that serve."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mock_systems.__main__ import main
from mock_systems.documents import documents

PUBLISHED = Path(__file__).resolve().parents[2] / "contracts" / "openapi"


@pytest.mark.parametrize("system", documents())
def test_the_published_document_is_the_one_that_runs(system: str) -> None:
    published = json.loads((PUBLISHED / f"{system}.json").read_text())
    assert published == json.loads(json.dumps(documents()[system])), (
        "publish it: python -m mock_systems contracts/openapi"
    )


def test_nothing_is_published_that_does_not_run() -> None:
    assert {path.stem for path in PUBLISHED.glob("*.json")} == set(documents())


def test_the_command_writes_them_and_refuses_a_wrong_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "made")]) == 0
    assert len(list((tmp_path / "made").glob("*.json"))) == len(documents())
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
