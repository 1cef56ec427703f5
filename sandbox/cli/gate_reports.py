"""The gate's answers written into files, each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import InputError
from sandbox.verification.gate.answers import Verdict
from sandbox.verification.gate.reports.html import html
from sandbox.verification.gate.reports.junit import junit
from sandbox.verification.gate.reports.markdown import markdown
from sandbox.verification.gate.reports.sarif import sarif
from sandbox.whole_files import write_whole


@dataclass(frozen=True, slots=True)
class Reports:
    """Where each is to be written; None: not at all."""

    junit: Path | None
    sarif: Path | None
    markdown: Path | None
    html: Path | None


def write_reports(environment: str, verdicts: Sequence[Verdict], where: Reports) -> None:
    """Write those that are asked for. Raises InputError where one cannot be written."""
    asked: tuple[tuple[Path | None, Callable[[], str]], ...] = (
        (where.junit, lambda: junit(verdicts)),
        (where.sarif, lambda: sarif(verdicts)),
        (where.markdown, lambda: markdown(verdicts)),
        (where.html, lambda: html(environment, verdicts)),
    )
    for path, text in asked:
        if path is not None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, text())
            except OSError as error:
                raise InputError(f"cannot be written ({error.strerror})", file=str(path)) from None
