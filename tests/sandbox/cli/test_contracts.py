"""`sandbox contracts`: its verbs are imported when they are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from sandbox.cli.contracts import MODULES
from sandbox.cli.main import app

HEAVY = ("fastapi", "jinja2", "pact", "schemathesis", "sqlalchemy")


def test_the_command_line_itself_imports_no_verb_and_no_database() -> None:
    code = f"import sys, sandbox.cli.main; print(*(name for name in {HEAVY} if name in sys.modules))"
    code += "; print(*(name for name in sys.modules if name.startswith('sandbox.cli.contracts_')))"
    told = subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True)
    assert told.stdout.split() == []


def test_the_help_lists_each_verb_with_what_it_does() -> None:
    told = CliRunner().invoke(app, ["contracts", "--help"], env={"COLUMNS": "200"})
    assert told.exit_code == 0
    lines = [line.strip("│ ").split(maxsplit=1) for line in told.output.splitlines() if line.startswith("│")]
    assert [(verb, bool(does)) for verb, does in lines[1:]] == [(verb, True) for verb in MODULES]


@pytest.mark.parametrize("words", [*((verb,) for verb in MODULES), ("record", "support-ended")])
def test_each_verb_is_found(words: tuple[str, ...]) -> None:
    told = CliRunner().invoke(app, ["contracts", *words, "--help"])
    assert told.exit_code == 0, told.output
    assert f"contracts {' '.join(words)} [OPTIONS]" in told.output


def test_a_mistyped_verb_is_answered_with_the_nearest() -> None:
    told = CliRunner().invoke(app, ["contracts", "gat"])
    assert told.exit_code == 2
    assert "Did you mean 'gate'?" in told.output
