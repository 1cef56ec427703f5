"""The shape that every check's result has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.errors import InputError
from sandbox.verification.outcome import Check, Finding, Outcome, Verdict, read_outcome

FUZZ: dict[str, Any] = {"check": "fuzz", "subject": "erp", "verdict": "fail", "tested": 9, "not_tested": 1}


def test_a_result_is_read_back_with_what_stands_beside_it(tmp_path: Path) -> None:
    made = Outcome(
        check=Check.FUZZ, subject="erp", verdict=Verdict.FAIL, tested=9, not_tested=1,
        findings=[Finding.model_validate({"message": "500 for a total of -0.0", "operation": "POST /orders"})],
        versions={"erp": "1.2.0"},
    )  # fmt: skip
    (tmp_path / "fuzz.json").write_text(json.dumps(made.as_json(seconds=2.5)))
    read = read_outcome(tmp_path / "fuzz.json")
    assert read.as_json() == made.as_json(seconds=2.5)
    assert read.findings[0].model_extra == {"operation": "POST /orders"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"verdict": "green"}, "did you mean|known: fail, pass"),
        ({"verdict": "pass", "tested": 0}, "nothing was tested"),
        ({"tested": -1}, "tested: is no result of a check: must be at least 0"),
        ({"findings": [{"rule": "x"}]}, r"findings.0.message"),
    ],
)
def test_what_is_no_result_is_refused_with_its_line(tmp_path: Path, wrong: dict[str, Any], told: str) -> None:
    (tmp_path / "wrong.json").write_text(json.dumps({**FUZZ, **wrong}, indent=1))
    with pytest.raises(InputError, match=told):
        read_outcome(tmp_path / "wrong.json")
