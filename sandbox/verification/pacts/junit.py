"""Verified pacts as JUnit XML: a suite for each pact, a case for each interaction."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.verification.junit import NOTHING_TESTED, JUnit, case, failure, skipped, undecided
from sandbox.verification.outcome import Verdict
from sandbox.verification.pacts.results import VerifiedPact


def junit(results: Iterable[VerifiedPact]) -> str:
    """The document. Pending failures are skipped cases: they do not count yet. A pact of which nothing was tested, and
    one whose results a broker was not told, are errors.
    """
    document = JUnit("sandbox contracts verify")
    for result in results:
        subject = result.outcome.subject
        suite = document.suite(subject)
        for one in result.interactions:
            verified = case(suite, subject, one.title)
            if one.verdict is Verdict.FAIL:
                failure(verified, one.problems[0] if one.problems else "failed", "\n".join(one.problems))
            elif one.verdict is Verdict.PENDING:
                skipped(verified, f"pending: {'; '.join(one.problems)}")
            elif one.verdict is Verdict.UNKNOWN:
                skipped(verified, f"not tested: {one.reason}")
        if not result.outcome.tested:
            undecided(suite, subject, NOTHING_TESTED)
        if result.unpublished:
            undecided(suite, subject, result.unpublished)
    return str(document)
