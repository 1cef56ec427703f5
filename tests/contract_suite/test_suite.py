"""The suite in a shorter form: the checks that call nobody. The others have tests of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract_suite.steps import Step, steps


@pytest.mark.parametrize("check", ["published", pytest.param("compatible", marks=pytest.mark.campaign)])
def test_what_calls_nobody_passes(check: str, tmp_path: Path) -> None:
    rows = [row for step in steps(tmp_path) if step.check == check for row in step.rows()]
    assert rows
    assert {row.verdict for row in rows} == {"pass"}, rows


def test_a_command_without_a_result_is_a_failure() -> None:
    (row,) = Step("published", "nothing", ("-m", "sandbox", "contracts", "published", "nothing", "--json")).rows()
    assert row.verdict == "fail"
    assert "nothing" in row.detail
