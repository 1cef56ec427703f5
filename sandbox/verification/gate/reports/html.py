"""The page: the same answers for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sandbox.reporting.templates import rendered
from sandbox.verification.gate.answers import Answer, Verdict
from sandbox.verification.gate.reports.words import detail_words

PAGE: Final = "gate.html.j2"
TONES: Final = {Answer.YES: "pass", Answer.NO: "violated", Answer.UNKNOWN: "unknown"}
SIGNS: Final = {"pass": ("✓", "yes"), "violated": ("✕", "no"), "unknown": ("?", "unknown")}


def html(environment: str, verdicts: Sequence[Verdict]) -> str:
    """The page as text. Raises InputError for a mistake in a template."""
    worst = next((one for one in (Answer.NO, Answer.UNKNOWN) if one in {v.answer for v in verdicts}), Answer.YES)
    stopped = sum(one.answer is not Answer.YES for one in verdicts)
    if len(verdicts) == 1:
        headline = verdicts[0].sentence
    elif stopped:
        headline = f"{stopped} of {len(verdicts)} may not be deployed to {environment}"
    else:
        headline = f"all {len(verdicts)} may be deployed to {environment}"
    values = {
        "environment": environment, "verdicts": verdicts, "headline": headline, "tone": TONES[worst], "tones": TONES,
        "signs": SIGNS, "detail_words": detail_words,
    }  # fmt: skip
    return rendered(values, PAGE)
