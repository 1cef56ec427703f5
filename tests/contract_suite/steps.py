"""The steps of the suite: each is a command as a user types it, and what it printed as rows."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from sandbox.errors import InputError
from sandbox.verification.outcome import Outcome, read_outcomes

ROOT = Path(__file__).resolve().parents[2]
MOCKS = ("erp", "commerce", "wms", "carrier", "desk")
_LONGEST_S = 600


@dataclass(frozen=True)
class Row:
    """One check of one subject. `verdict` is pass, fail, pending or unknown; of a drift: caught or missed."""

    check: str
    subject: str
    verdict: str
    detail: str = ""


@dataclass(frozen=True)
class Step:
    """One command; `before` is another one that has to have run."""

    check: str
    subject: str
    command: tuple[str, ...]
    before: tuple[str, ...] = ()

    def rows(self) -> list[Row]:
        """Carry it out. A command that prints no result is a failure of its own."""
        try:
            if self.before:
                _run(self.before)
            done = _run(self.command)
        except subprocess.TimeoutExpired:
            return [Row(self.check, self.subject, "unknown", f"no result within {_LONGEST_S} s")]
        try:
            return self._told(done)
        except InputError as error:
            words = (done.stderr or done.stdout).strip().splitlines()
            detail = f"exit code {done.returncode}: {words[-1] if words else error}"
            return [Row(self.check, self.subject, "fail", detail)]

    def _told(self, done: subprocess.CompletedProcess[str]) -> list[Row]:
        with tempfile.TemporaryDirectory() as folder:
            printed = Path(folder) / "printed.json"
            printed.write_text(done.stdout)
            rows = [_row(self.check, one) for one in read_outcomes(printed)]
        if done.returncode and all(row.verdict == "pass" for row in rows):
            rows.append(Row(self.check, self.subject, "fail", f"exit code {done.returncode}"))
        return rows


@dataclass(frozen=True)
class Drifts(Step):
    """Planted drifts, tried by pytest; one row each."""

    def rows(self) -> list[Row]:
        """Carry them out."""
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "junit.xml"
            try:
                _run((*self.command, f"--junit-xml={report}"))
            except subprocess.TimeoutExpired:
                return [Row(self.check, self.subject, "unknown", f"no result within {_LONGEST_S} s")]
            cases = ElementTree.parse(report).getroot().iter("testcase")
            return [
                Row(
                    "drift", case.attrib["name"].rpartition("[")[2].rstrip("]"), "caught" if not len(case) else "missed"
                )
                for case in cases
                if "[" in case.attrib["name"]
            ]


def steps(folder: Path) -> list[Step]:
    """All of them, the longest first; what they keep is in `folder`."""
    run = folder / "run"
    found: list[Step] = [
        Drifts("drift", "all", ("-m", "pytest", "tests/drifts", "-m", "campaign", "-q", "-p", "no:cacheprovider")),
        *(Step("fuzz", name, _contracts("fuzz", name)) for name in (*MOCKS[:3], "core")),
        *(Step("behaviour", name, _contracts("behaviour", name)) for name in MOCKS),
        Step("pact", "all", _contracts("verify")),
        Step("fuzz", "desk", _contracts("fuzz", "desk")),
        *(
            Step(
                "recorded", name,
                _contracts("recorded", str(folder / f"{name}.ndjson"), "--openapi", _document(name)),
                before=("-m", "tests.contract_suite.recording", name, str(folder / f"{name}.ndjson")),
            )
            for name in MOCKS[:4]
        ),
        Step("fuzz", "carrier", _contracts("fuzz", "carrier")),
        Step(
            "events", "normal_day", _contracts("events", str(run)),
            before=("-m", "sandbox", "run", "normal_day", "--contracts", "--out", str(run)),
        ),
        Step("published", "all", _contracts("published", "--check")),
        *(
            Step(
                "compatible", name,
                _contracts("compatible", "--pact", "contracts/pacts", "--provider", name, "--openapi", _document(name)),
            )
            for name in MOCKS
        ),
    ]  # fmt: skip
    return found


def _document(name: str) -> str:
    return f"contracts/openapi/{name}.json"


def _contracts(*words: str) -> tuple[str, ...]:
    return ("-m", "sandbox", "contracts", *words, "--json")


def _run(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=_LONGEST_S
    )


def _row(check: str, told: Outcome) -> Row:
    detail = f"{told.tested} tested, {told.not_tested} not"
    if told.findings:
        detail += f"; {len(told.findings)} findings: {told.findings[0].message}"
    return Row(check, told.subject, told.verdict.value, detail)
