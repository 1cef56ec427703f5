"""Results as JUnit XML: a suite for each subject, a case for each check and operation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sandbox.verification.behaviour.result import Result, Verdict
from sandbox.verification.junit import NOTHING_TESTED, JUnit, case, failure, skipped, undecided


def junit(results: Mapping[str, Sequence[Result]]) -> str:
    """The document. What was not tested is skipped; where nothing was, that is an error."""
    document = JUnit("sandbox contracts behaviour")
    for subject, of_subject in results.items():
        suite = document.suite(f"behaviour.{subject}")
        for one in of_subject:
            checked = case(suite, f"behaviour.{subject}.{one.check}", one.operation)
            if one.verdict is Verdict.FAIL:
                failure(checked, one.detail, json.dumps(list(one.evidence), indent=2, ensure_ascii=False))
            elif one.verdict is Verdict.NOT_TESTED:
                skipped(checked, one.detail)
        if all(one.verdict is Verdict.NOT_TESTED for one in of_subject):
            undecided(suite, f"behaviour.{subject}", NOTHING_TESTED)
    return str(document)
