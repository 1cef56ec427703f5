"""The commands of the README, the tutorial and the page on one's own history are run as they stand there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
# The first page's are typed into a shell; `sandbox` of the others is called in this process, where it need not start.
PAGES = ("README.md", "docs/tutorial.md", "docs/bring-your-own-history.md", "docs/write-a-design.md")
BLOCK = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# `make` is what runs this test, and the environment is made; placeholders stand for the example in docs/.
NOT_HERE = ("make ", ". .venv/")
STANDS_FOR = {"yours.csv": "docs/examples/own_orders.csv", "yours.yaml": "docs/examples/own_orders.yaml"}
# What a page says will be found: exit code 1.
FINDS = ("sandbox run lost_replies_keyless",)


def commands(page: str) -> list[str]:
    """The commands of a page's shell blocks, in their order, comments and prompts left out."""
    lines = [line for block in BLOCK.findall((ROOT / page).read_text()) for line in block.splitlines()]
    told = [line.removeprefix("$ ").split("   #")[0].strip() for line in lines]
    return [line for line in told if line and not line.startswith(("#", *NOT_HERE)) and line.split()[0].isascii()]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a user's clone has of data, with nothing of the package: that is installed."""
    place = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "scenarios", place / "scenarios")
    shutil.copytree(ROOT / "docs" / "examples", place / "docs" / "examples")
    return place


def own_commands(page: str) -> list[str]:
    """The commands of a page that no page before it shows."""
    shown = {command for earlier in PAGES[: PAGES.index(page)] for command in commands(earlier)}
    return [command for command in commands(page) if command not in shown]


def typed(line: str) -> tuple[int, str]:
    """What comes of a line in a shell: its exit code and the end of what it says."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(line, shell=True, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout[-1500:] + done.stderr[-1500:]


def called(line: str) -> tuple[int, str]:
    """What comes of a line that is one command of `sandbox`."""
    done = CliRunner().invoke(app, shlex.split(line, comments=True)[1:])
    return done.exit_code, done.output[-3000:]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_do_what_it_says(page: str, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workplace)
    told = own_commands(page)
    assert told, f"{page} shows no command"
    for command in told:
        line = command
        for placeholder, example in STANDS_FOR.items():
            line = line.replace(placeholder, example)
        carry_out = called if page != PAGES[0] and line.startswith("sandbox ") else typed
        code, said = carry_out(line)
        assert code == (1 if command in FINDS else 0), f"{page}: {command}\n{said}"


def test_the_readme_tells_of_every_scenario_and_design() -> None:
    told = set(re.findall(r"`(\w+)`", (ROOT / "README.md").read_text()))
    shipped = {
        path.stem for path in (*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "scenarios/designs").glob("*.yaml"))
    }
    assert shipped - told == set()


def test_every_page_that_is_linked_is_there() -> None:
    missing = [
        f"{page.relative_to(ROOT)} -> {target}"
        for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not missing, "\n".join(missing)
