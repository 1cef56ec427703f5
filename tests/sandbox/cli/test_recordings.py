"""How checked recordings are told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import typer
from rich.table import Table

from sandbox.cli.recordings import Words, check_recordings, tell_report
from sandbox.verification.outcome import Check, Finding
from sandbox.verification.recording_report import RecordingReport


def listed(findings: Sequence[Finding]) -> Table:
    """One line a finding."""
    table = Table("what", box=None)
    for one in findings:
        table.add_row(one.message)
    return table


WORDS = Words("messages", "events", listed)


def report(findings: int) -> RecordingReport[Finding]:
    """A report of three tested messages and one that was not."""
    made = RecordingReport[Finding](Check.EVENTS, 3, [Finding(message=f"wrong {at}") for at in range(findings)])
    made.not_tested["nobody publishes it"] += 1
    made.tested_by["erp/order 1.0.0"] += 3
    return made


def test_what_was_found_until_ctrl_c_is_told_and_ends_with_130(capsys: pytest.CaptureFixture[str]) -> None:
    def check(path: Path) -> Iterator[int]:
        yield 7
        raise KeyboardInterrupt

    assert check_recordings([Path("a"), Path("b")], check, WORDS, 5, as_json=False)
    assert capsys.readouterr().err == "a: 7 messages\n"
    with pytest.raises(typer.Exit) as ended:
        tell_report(report(0), "a", WORDS, stopped=True, as_json=False)
    assert ended.value.exit_code == 130
    told = capsys.readouterr().out
    assert "not tested: 1 (nobody publishes it)" in told
    assert "Stopped. 3 messages tested: all fit" in told


def test_fifty_findings_are_listed_and_the_others_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        tell_report(report(52), "a", WORDS, stopped=False, as_json=False)
    assert ended.value.exit_code == 1
    told = capsys.readouterr().out
    assert told.count("wrong") == 50
    assert "and 2 more: --json" in told
    with pytest.raises(typer.Exit):
        tell_report(report(52), "a", WORDS, stopped=False, as_json=True)
    whole = json.loads(capsys.readouterr().out)
    assert (len(whole["findings"]), whole["events"], whole["stopped"]) == (52, {"erp/order 1.0.0": 3}, False)
    assert whole["reasons"] == {"nobody publishes it": 1}


def test_what_fits_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    tell_report(report(0), "a", WORDS, stopped=False, as_json=False)
    assert capsys.readouterr().out.endswith("3 messages tested: all fit\n")
