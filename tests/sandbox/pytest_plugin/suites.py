"""Users' suites, run as users run them: pytest in a process of its own, which finds the plugin by its entry point."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "docs" / "examples" / "pytest-suite"
MORNING = EXAMPLES / "morning.yaml"
# Others' plugins take longer to start than all that is tested here.
OTHERS = ("schemathesis", "pact", "locust", "hypothesispytest", "faker", "anyio")


@dataclass(frozen=True)
class Outcome:
    """How a test ended: `passed`, `failure` or `error`, with its message and what stands below."""

    how: str
    message: str
    text: str


@dataclass(frozen=True)
class Done:
    """A finished pytest: its exit code, what it printed, and what became of each test by its name."""

    code: int
    said: str
    tests: dict[str, Outcome]


def suite(folder: Path, **files: str) -> Path:
    """A folder with these test modules, and a scenario `morning.yaml` beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (folder / "morning.yaml").write_text(MORNING.read_text())
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def run(folder: Path, *arguments: str, place: Path) -> Done:
    """Run pytest there; `place` is for files of this helper's own."""
    report = place / "junit.xml"
    disabled = [word for name in OTHERS for word in ("-p", f"no:{name}")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *disabled, "--junitxml", str(report), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(entry_points(place))))},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    said = done.stdout + done.stderr
    return Done(done.returncode, said, _tests(report) if report.exists() else {})


def entry_points(place: Path) -> Path:
    """A folder to import from that publishes what pyproject.toml says, whatever is installed."""
    published = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["pytest11"]
    info = place / "published" / "as_published-0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: as-published\nVersion: 0\n")
    lines = "".join(f"{name} = {module}\n" for name, module in published.items())
    (info / "entry_points.txt").write_text(f"[pytest11]\n{lines}")
    return info.parent


def _tests(report: Path) -> dict[str, Outcome]:
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        ended = next((child for child in case if child.tag in ("failure", "error", "skipped")), None)
        system_out = "".join(child.text or "" for child in case if child.tag == "system-out")
        how = "passed" if ended is None else ended.tag
        message = "" if ended is None else ended.get("message", "")
        text = "" if ended is None else ended.text or ""
        found[case.get("name", "")] = Outcome(how, message, text + system_out)
    return found
