"""A failed test is told as such by a worker whatever its message holds, and an internal error is told last."""

import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT

FAILS = """
import enum
class Kind(enum.StrEnum):
    ONE = "one"
def test_it(record_property):
    record_property("kind", Kind.ONE)
    record_property("object", object())
    raise ValueError("cut \\udcff off")
def test_another():
    pass
"""
BREAKS = """
import pytest
@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish(nodeid):
    raise LookupError("the hook is broken")
"""


def told(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).write_text(text)
    words = [sys.executable, "-m", "pytest", "-n", "1", "-p", "tests.worker_reports", "-p", "no:cacheprovider"]
    made = subprocess.run([*words, "--rootdir", str(folder), str(folder)], cwd=ROOT, capture_output=True, text=True)
    return made.stdout


def test_a_message_that_cannot_be_sent_fails_its_test_alone(tmp_path: Path) -> None:
    said = told(tmp_path, {"test_a.py": FAILS})
    assert r"ValueError: cut \udcff off" in said
    assert "1 failed, 1 passed" in said
    assert "INTERNALERROR" not in said


def test_what_broke_a_worker_is_said_last(tmp_path: Path) -> None:
    said = told(tmp_path, {"test_a.py": FAILS, "conftest.py": BREAKS})
    assert "LookupError: the hook is broken" in said.partition("The first internal error ended with:")[2]
