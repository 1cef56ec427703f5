"""The pages about invariants keep step with the code."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from sandbox.oracle import ALL, Deadlines
from sandbox.oracle.monitor import Monitor
from tests.sandbox.oracle.history import HOUR_US

PAGES = Path(__file__).parents[3] / "docs" / "invariants"


@pytest.mark.parametrize("invariant", ALL, ids=lambda invariant: invariant.id)
def test_each_invariant_has_its_page(invariant: type[Monitor]) -> None:
    (page,) = PAGES.glob(f"{invariant.id}-*.md")
    text = page.read_text()
    assert text.startswith(f"# {invariant.id} · {invariant.name}\n")
    for heading in ("To the business.", "How it is checked.", "Unknown", "Excused", "Broken by", "A finding."):
        assert f"**{heading}" in text
    row = f"| {invariant.id} | {invariant.name} | [{invariant.id}]({page.name}) |"
    assert row in (PAGES / "index.md").read_text()


def test_the_deadlines_are_those_of_the_index() -> None:
    rows = re.findall(r"^\| ([a-z ,]+) \| (\d+) \|", (PAGES / "index.md").read_text(), re.MULTILINE)
    told = {name.replace(" ", "_") + "_us": int(hours) * HOUR_US for names, hours in rows for name in names.split(", ")}
    assert told == asdict(Deadlines())
