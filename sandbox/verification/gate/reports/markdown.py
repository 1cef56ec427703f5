"""Markdown for a pull request. The first line is a mark by which a build finds its own comment again."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.verification.gate.answers import Answer, Row, Standing, Verdict
from sandbox.verification.gate.reports.words import detail_words

MARK = "<!-- sandbox contracts gate -->"
_SIGNS = {Answer.YES: "✅", Answer.NO: "❌", Answer.UNKNOWN: "❔"}
_LONGEST = 60_000  # GitHub takes 65,536 characters
_DETAILS = 20


def markdown(verdicts: Sequence[Verdict]) -> str:
    """The text: each version with its table, and the details below."""
    text = "\n".join((MARK, *(part for one in verdicts for part in _verdict(one)))) + "\n"
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rpartition("\n")[0] + "\n\nThe rest is left out: it is too long for a comment.\n"
    return text


def _verdict(verdict: Verdict) -> list[str]:
    parts = [f"### {_SIGNS[verdict.answer]} {_plain(verdict.sentence)}", ""]
    if verdict.rows:
        parts += ["| | pair | rests on | why |", "|---|---|---|---|", *map(_row, verdict.rows), ""]
    details = [line for row in verdict.rows if row.answer is not Answer.YES for line in _details(row)]
    if details:
        parts += ["<details><summary>What exactly, and what would unblock it</summary>", "", *details, "</details>", ""]
    return parts + [f"> {_plain(note)}" for note in verdict.notes] + ([""] if verdict.notes else [])


def _row(row: Row) -> str:
    sign = _SIGNS[row.answer] if row.standing is Standing.COUNTS else f"➖ {row.standing.value}"
    return f"| {sign} | {_plain(row.subject)} | {row.by.value} | {_plain(row.reason)} |"


def _details(row: Row) -> list[str]:
    lines = [f"**{_plain(row.subject)}**: {_plain(row.reason)}", ""]
    lines += [f"- {_plain(detail_words(one))}" for one in row.details[:_DETAILS]]
    if len(row.details) > _DETAILS:
        lines.append(f"- and {len(row.details) - _DETAILS} more")
    if row.remedy:
        lines.append(f"- *to unblock:* {_plain(row.remedy)}")
    return [*lines, ""]


def _plain(text: str) -> str:
    """Text that neither breaks a table nor says something in HTML or Markdown."""
    for char in "\\`*_[]|":
        text = text.replace(char, f"\\{char}")
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split())
