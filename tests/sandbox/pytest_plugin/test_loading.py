"""The plugin is loaded in every pytest session of the environment: it costs little, says little and can be left out."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

from tests.sandbox.pytest_plugin.suites import ROOT, run, suite

DEAR = ("pydantic", "fastapi", "httpx", "simpy", "sandbox.runs", "sandbox.records", "mock_systems", "asyncio", "rich")


def test_loading_it_imports_nothing_that_takes_long() -> None:
    asked = "import pytest, sys; before = set(sys.modules); import sandbox.pytest_plugin.plugin; "
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", asked + "print(*sorted(set(sys.modules) - before))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    new = done.stdout.split()
    assert "sandbox.pytest_plugin.plugin" in new
    assert not [name for name in new if name.startswith(DEAR)]
    assert len(new) < 15, new


def test_a_suite_that_does_not_use_it_hears_of_it_in_the_header_alone(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", test_own="def test_own(): ...\n")
    done = run(folder, place=tmp_path)
    assert done.code == 0, done.said
    assert "sandbox: each scenario's own seed, records in the temporary folder" in done.said
    assert "warning" not in done.said
    without = run(folder, "-p", "no:sandbox", place=tmp_path)
    assert without.code == 0, without.said
    assert "sandbox:" not in without.said


def test_what_is_published_can_be_imported() -> None:
    plugin = import_module("sandbox.pytest_plugin")
    assert {getattr(plugin, name).__name__ for name in plugin.__all__} == set(plugin.__all__)


def test_wrong_options_are_refused(tmp_path: Path) -> None:
    folder = suite(tmp_path / "suite", test_own="def test_own(): ...\n")
    done = run(folder, "--sandbox-seed", "x", place=tmp_path)
    assert done.code == 4
    assert "'x' is no seed: write 7, or 1,2,3 for several" in done.said
