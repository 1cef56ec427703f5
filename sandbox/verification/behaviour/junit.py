"""Results as JUnit XML, which continuous integration shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from sandbox.verification.behaviour.result import Result, Verdict


def junit(results: Mapping[str, Sequence[Result]]) -> str:
    """One suite a subject, one case a check and operation; what was not tested is skipped."""
    root = ElementTree.Element("testsuites")
    for subject, told in results.items():
        counts = {verdict: sum(one.verdict is verdict for one in told) for verdict in Verdict}
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=f"behaviour.{subject}",
            tests=str(len(told)),
            failures=str(counts[Verdict.FAIL]),
            skipped=str(counts[Verdict.NOT_TESTED]),
        )
        for one in told:
            case = ElementTree.SubElement(
                suite, "testcase", classname=f"behaviour.{subject}.{one.check}", name=one.operation
            )
            if one.verdict is Verdict.FAIL:
                failure = ElementTree.SubElement(case, "failure", message=one.detail)
                failure.text = json.dumps(list(one.evidence), indent=2, ensure_ascii=False)
            elif one.verdict is Verdict.NOT_TESTED:
                ElementTree.SubElement(case, "skipped", message=one.detail)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
