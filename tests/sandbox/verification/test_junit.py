"""The JUnit XML that the checks write."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from sandbox.errors import InputError
from sandbox.verification.junit import JUnit, case, error, failure, skipped, told, write_junit


def built() -> ElementTree.Element:
    """A document of two suites, read again."""
    document = JUnit("checks")
    first = document.suite("one", 1.5)
    case(first, "shop", "passes")
    failure(case(first, "shop", "fails"), "a \x00 b", "\x1b[31mred\ud800", "comparison")
    error(case(first, "shop", "unclear"), "nobody knows")
    told(first, "all \x01 said")
    skipped(case(document.suite("two"), "erp", "waits"), "not yet")
    return ElementTree.fromstring(str(document))


def test_cases_are_counted_in_each_suite_and_in_the_whole() -> None:
    root = built()
    counts = [[one.get(name) for name in ("tests", "failures", "errors", "skipped")] for one in (root, *root)]
    assert counts == [["4", "1", "1", "1"], ["3", "1", "1", "0"], ["1", "0", "0", "1"]]
    assert [one.get("time") for one in root] == ["1.5", None]


def test_what_xml_cannot_say_is_replaced() -> None:
    found = built().find(".//failure")
    assert found is not None
    assert (found.get("message"), found.text, found.get("type")) == ("a � b", "�[31mred�", "comparison")
    assert built().findtext(".//system-out") == "all � said"


def test_the_file_can_be_read_again_and_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    document = JUnit("prüfung")
    write_junit(tmp_path / "it.xml", str(document))
    assert ElementTree.parse(tmp_path / "it.xml").getroot().get("name") == "prüfung"
    with pytest.raises(InputError, match="cannot be written"):
        write_junit(tmp_path / "nowhere" / "it.xml", str(document))
