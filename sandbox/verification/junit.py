"""JUnit XML, which continuous integration shows: suites of cases, what became of each, and the counts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from sandbox.errors import InputError

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOTHING_TESTED: Final = "nothing was tested, which is no success"
_COUNTED: Final = {"failure": "failures", "error": "errors", "skipped": "skipped"}


class JUnit:
    """A document, built case by case."""

    def __init__(self, name: str) -> None:
        self._root = Element("testsuites", name=_plain(name))

    def suite(self, name: str, seconds: float | None = None) -> Element:
        """A new suite, and how long it took."""
        suite = ElementTree.SubElement(self._root, "testsuite", name=_plain(name))
        if seconds is not None:
            suite.set("time", str(seconds))
        return suite

    def __str__(self) -> str:
        """The whole document, counted."""
        for element in (*self._root, self._root):
            cases = element.findall(".//testcase")
            element.set("tests", str(len(cases)))
            for tag, name in _COUNTED.items():
                element.set(name, str(sum(case.find(tag) is not None for case in cases)))
        ElementTree.indent(self._root)
        return ElementTree.tostring(self._root, encoding="unicode", xml_declaration=True) + "\n"


def case(suite: Element, classname: str, name: str) -> Element:
    """A new case of a suite. It passed, unless it is given one of the following."""
    return ElementTree.SubElement(suite, "testcase", classname=_plain(classname), name=_plain(name))


def failure(case: Element, message: str, text: str = "", kind: str = "") -> None:
    """The case failed: why in a line, and at length."""
    _became(case, "failure", message, text, kind)


def error(case: Element, message: str, text: str = "", kind: str = "") -> None:
    """The case could not be decided."""
    _became(case, "error", message, text, kind)


def skipped(case: Element, message: str) -> None:
    """The case does not count, and why."""
    _became(case, "skipped", message)


def undecided(suite: Element, subject: str, message: str) -> None:
    """The suite as a whole is no success, whatever its cases are: one more case that says why."""
    error(case(suite, subject, "the whole"), message)


def told(suite: Element, text: str) -> None:
    """What else there is to say of a suite."""
    ElementTree.SubElement(suite, "system-out").text = _plain(text)


def write_junit(path: Path, document: str) -> None:
    """Write it. Raises InputError where it can't be."""
    try:
        path.write_text(document, encoding="utf-8", newline="\n")
    except OSError as refused:
        raise InputError(f"cannot be written ({refused.strerror})", file=str(path), field="--junit") from None


def _became(case: Element, tag: str, message: str, text: str = "", kind: str = "") -> None:
    element = ElementTree.SubElement(case, tag, {"type": kind} if kind else {}, message=_plain(message))
    element.text = _plain(text) or None


def _plain(text: str) -> str:
    """Without what XML cannot say: findings may quote any body."""
    return _NOT_XML.sub("\ufffd", text)
