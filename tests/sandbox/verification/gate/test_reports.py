"""The gate's answers in files."""

from __future__ import annotations

import json
from xml.etree import ElementTree as Xml

from sandbox.verification.diff.changes import Place
from sandbox.verification.gate.answers import Answer, By, Detail, Row, Standing, Verdict
from sandbox.verification.gate.reports.html import html
from sandbox.verification.gate.reports.junit import junit
from sandbox.verification.gate.reports.markdown import MARK, markdown
from sandbox.verification.gate.reports.sarif import sarif

DETAIL = Detail(
    "no field 'total' | <b>\x00", "response-field-undeclared", "an order", "response 200 body total", "do not read it",
    (Place("pacts/shop erp.json", "/interactions/0", 12), Place("https://erp.example.com/openapi.json", "/paths", 31)),
)  # fmt: skip
ROWS = (
    Row(
        "shop", "1", "erp", "2", Answer.NO, By.DOCUMENT, "not promised", "mend", details=(DETAIL,), file="pacts/p.json"
    ),
    Row("label", "1", "erp", "2", Answer.YES, By.COMPARISON, "nothing breaks"),
    Row("scan", "1", "erp", "2", Answer.UNKNOWN, By.NOTHING, "never verified", "verify", file="/abs/scan.json"),
    Row("new", "1", "erp", "2", Answer.NO, By.VERIFICATION, "failed", standing=Standing.PENDING),
    Row("", "", "erp", "2", Answer.YES, By.CHECK, "fuzz passed"),
)
VERDICTS = (Verdict("erp", "2", "production", ROWS, ("gone: GET /x",)), Verdict("crm", "1", "production", ()))


def test_junit_counts_failures_errors_and_what_is_told_alone() -> None:
    root = Xml.fromstring(junit(VERDICTS))
    assert {key: root.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6", "failures": "1", "errors": "1", "skipped": "1",
    }  # fmt: skip
    suite = root[0]
    assert suite.get("name") == "erp 2 to production"
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "response 200 body total: no field 'total' | <b>\ufffd (pacts/shop erp.json:12" in (failure.text or "")
    assert (suite.findtext("system-out") or "").startswith("erp 2 may not be deployed")


def test_sarif_has_the_lines_and_says_how_bad_it_is() -> None:
    log = json.loads(sarif(VERDICTS))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run = log["runs"][0]
    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    levels = []
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"]
        assert result["partialFingerprints"]
        levels.append(result["level"])
        for one in result["locations"] + result["relatedLocations"]:
            assert one["physicalLocation"]["region"]["startLine"] >= 1
            assert " " not in one["physicalLocation"]["artifactLocation"]["uri"]
    assert levels == ["error", "warning", "note"]
    first = run["results"][0]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "pacts/shop%20erp.json"}, "region": {"startLine": 12},
    }  # fmt: skip
    beside = first["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert beside == "https://erp.example.com/openapi.json"
    unknown = run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unknown == "file:///abs/scan.json"


def test_the_same_trouble_in_the_next_version_has_the_same_fingerprint() -> None:
    later = Row("shop", "1", "erp", "3", Answer.NO, By.DOCUMENT, "not promised", "mend", details=(DETAIL,))
    one, other = (
        json.loads(sarif([Verdict("erp", version, "production", (row,))]))["runs"][0]["results"][0]
        for version, row in (("2", ROWS[0]), ("3", later))
    )
    assert one["partialFingerprints"] == other["partialFingerprints"]
    assert one["message"] != other["message"]


def test_markdown_keeps_its_table_and_says_nothing_in_html() -> None:
    text = markdown(VERDICTS)
    assert text.startswith(MARK)
    assert "### ❌ erp 2 may not be deployed to production" in text
    assert "| ➖ pending | new 1 -&gt; erp 2 | verification | failed |" in text
    assert "no field 'total' \\| &lt;b&gt;" in text
    assert "### ✅ crm 1 may be deployed to production" in text
    many = tuple(Verdict("erp", str(number), "production", ROWS) for number in range(200))
    assert len(markdown(many)) < 65_536


def test_the_page_has_each_answer_and_its_reason() -> None:
    page = html("production", VERDICTS)
    assert "1 of 2 may not be deployed to production" in page
    assert "&lt;b&gt;" in page
    assert "To unblock: mend." in page
    assert "pending: told, and not in the way" in page
    assert "gone: GET /x" in page
    assert "All 1" not in html("production", VERDICTS[1:])
