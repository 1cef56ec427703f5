"""JUnit XML: a suite for each version that was asked about, a case for each pair."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from sandbox.verification.gate.answers import Answer, Row, Standing, Verdict
from sandbox.verification.gate.reports.words import detail_words

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(verdicts: Sequence[Verdict]) -> str:
    """The document. What may not be is a failure, what nobody knows an error, what is told alone is skipped."""
    root = Xml.Element("testsuites", name="sandbox contracts gate")
    for verdict in verdicts:
        _suite(root, verdict)
    _count(root, [case for suite in root for case in suite])
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: Xml.Element, verdict: Verdict) -> None:
    name = f"{verdict.pacticipant} {verdict.version} to {verdict.environment}"
    suite = Xml.SubElement(root, "testsuite", name=_text(name))
    for row in verdict.rows:
        _case(suite, name, row)
    if not verdict.rows:
        Xml.SubElement(suite, "testcase", classname=_text(name), name="nobody relies on it, and it relies on nobody")
    _count(suite, list(suite))
    told = "\n".join((verdict.sentence, *verdict.notes))
    Xml.SubElement(suite, "system-out").text = _text(told)


def _case(suite: Xml.Element, name: str, row: Row) -> None:
    kind = f" {row.reason.split()[0]}" if not row.consumer else ""
    case = Xml.SubElement(suite, "testcase", classname=_text(name), name=_text(row.subject + kind))
    if row.answer is Answer.YES:
        return
    if row.standing is not Standing.COUNTS:
        Xml.SubElement(case, "skipped", message=_text(f"{row.standing.value}: {row.reason}"))
        return
    tag = "failure" if row.answer is Answer.NO else "error"
    found = Xml.SubElement(case, tag, type=row.by.value, message=_text(row.reason))
    lines = [detail_words(one) for one in row.details]
    found.text = _text("\n".join((*lines, f"to unblock: {row.remedy}")))


def _count(element: Xml.Element, cases: list[Xml.Element]) -> None:
    cases = [one for one in cases if one.tag == "testcase"]
    element.set("tests", str(len(cases)))
    for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(tag) is not None for case in cases)))


def _text(text: str) -> str:
    """Without what XML cannot say: findings may quote any body."""
    return _NOT_XML.sub("\ufffd", text)
