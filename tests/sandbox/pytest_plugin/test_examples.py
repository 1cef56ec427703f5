"""The example suite of the documentation is run as it stands there; its virtual part also in `test_virtual_runs`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.sandbox.pytest_plugin.suites import EXAMPLES, run


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(EXAMPLES, folder / "suite", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.campaign
def test_all_examples_pass_in_two_workers_and_are_kept(tmp_path: Path) -> None:
    done = run(copied(tmp_path), "-W", "error", "-n", "2", "--sandbox-out", "kept", place=tmp_path)
    assert done.code == 0, done.said
    assert {outcome.how for outcome in done.tests.values()} == {"passed"}
    kept = tmp_path / "suite" / "kept"
    records = {path.parent for path in kept.glob("gw*/*/record.json")}
    assert {path.name for path in records} >= {"morning-1", "morning-2", "morning-point_to_point-1"}
    assert all((path / "report.html").is_file() for path in records)
