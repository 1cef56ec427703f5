"""A page as its readers and their browsers take it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

_LOADS = ("src", "href", "{http://www.w3.org/1999/xlink}href", "data", "action", "poster", "srcset")


def said(element: ElementTree.Element) -> str:
    """All that an element says, white space folded."""
    return " ".join("".join(element.itertext()).split())


class Row:
    """A row of a table."""

    def __init__(self, element: ElementTree.Element) -> None:
        self.element = element

    def text_of(self, tag: str) -> str:
        """What its first cell of a kind says."""
        found = self.element.find(tag)
        return "" if found is None else said(found)

    def links(self) -> list[str]:
        """Where it leads to."""
        return [link.get("href", "") for link in self.element.iter("a")]


class Page:
    """A report, parsed; raises ParseError where an element is not closed or an attribute not quoted."""

    def __init__(self, path: Path) -> None:
        self.source = path.read_text(encoding="utf-8")
        self.root = ElementTree.fromstring(self.source.removeprefix("<!DOCTYPE html>"))
        self.css = "".join(style.text or "" for style in self.root.iter("style"))

    @property
    def text(self) -> str:
        """All that is said, white space folded."""
        body = self.root.find("body")
        assert body is not None
        return said(body)

    def part(self, name: str) -> str:
        """What one section says."""
        return self.by_id(name)

    def by_id(self, name: str) -> str:
        """What the element of this id says."""
        return said(self._element(name))

    def rows(self, name: str) -> list[Row]:
        """The rows of all tables in a section, without their heads."""
        return [Row(row) for body in self._element(name).iter("tbody") for row in body.iter("tr")]

    def of_class(self, name: str) -> list[str]:
        """What the elements of a class say."""
        found = (element for element in self.root.iter() if name in (element.get("class") or "").split())
        return [said(element) for element in found]

    def loaded(self) -> list[str]:
        """Whatever a browser would fetch, from markup or from style."""
        named = [value for element in self.root.iter() for key in _LOADS if (value := element.get(key)) is not None]
        styles = [self.css, *(element.get("style") or "" for element in self.root.iter())]
        styled = [url for style in styles for url in re.findall(r"url\(\s*['\"]?([^)'\"]*)|@import\s+([^;]*)", style)]
        return [name for name in (*named, *("".join(url) for url in styled)) if not name.startswith("#")]

    def ids(self) -> Counter[str]:
        """The ids and how often each is given."""
        return Counter(element.get("id", "") for element in self.root.iter() if element.get("id"))

    def targets(self) -> set[str]:
        """The ids that links and references lead to."""
        found = set(re.findall(r"url\(#([^)]*)\)", self.source))
        return found | {
            value[1:]
            for element in self.root.iter()
            for key in _LOADS
            if (value := element.get(key, "")).startswith("#")
        }

    def tags(self) -> set[str]:
        """The elements that the page is made of."""
        return {element.tag.rpartition("}")[2] for element in self.root.iter()}

    def _element(self, name: str) -> ElementTree.Element:
        return next(element for element in self.root.iter() if element.get("id") == name)
