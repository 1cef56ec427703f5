"""Verified pacts as JUnit XML: a suite for each pact, a case for each interaction."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from sandbox.errors import InputError
from sandbox.verification.outcome import Verdict
from sandbox.verification.pacts.results import Verified, VerifiedPact


def write_junit(results: Iterable[VerifiedPact], path: Path) -> None:
    """Write the file. Pending failures are skipped cases: they do not count yet. Raises InputError where it can't."""
    suites = ElementTree.Element("testsuites")
    for result in results:
        suites.append(_suite(result))
    try:
        ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", file=str(path), field="--junit") from None


def _suite(result: VerifiedPact) -> ElementTree.Element:
    outcome = result.outcome
    failed = [one for one in result.interactions if one.verdict is Verdict.FAIL]
    skipped = [one for one in result.interactions if one.verdict in (Verdict.UNKNOWN, Verdict.PENDING)]
    suite = ElementTree.Element(
        "testsuite",
        name=outcome.subject,
        tests=str(len(result.interactions)),
        failures=str(len(failed)),
        skipped=str(len(skipped)),
    )
    for one in result.interactions:
        suite.append(_case(outcome.subject, one))
    return suite


def _case(subject: str, one: Verified) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=subject, name=one.title)
    if one.verdict is Verdict.FAIL:
        told = ElementTree.SubElement(case, "failure", message=one.problems[0] if one.problems else "failed")
        told.text = "\n".join(one.problems)
    elif one.verdict is Verdict.PENDING:
        ElementTree.SubElement(case, "skipped", message=f"pending: {'; '.join(one.problems)}")
    elif one.verdict is Verdict.UNKNOWN:
        ElementTree.SubElement(case, "skipped", message=f"not tested: {one.reason}")
    return case
