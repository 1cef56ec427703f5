"""The rules' pages are what the table says."""

from __future__ import annotations

from pathlib import Path

from sandbox.verification.diff.rule_pages import pages
from sandbox.verification.diff.rules.table import BY_ID, RULES

FOLDER = Path(__file__).resolve().parents[4] / "docs/contracts/rules"


def test_each_rule_has_its_page_and_each_page_its_rule() -> None:
    published = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert published == pages(), "sandbox contracts rules --pages docs/contracts/rules writes them"


def test_names_and_ids_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert len(BY_ID) == sum(len(set(rule.ids.values())) for rule in RULES)
