"""The narration has a sentence for every kind of fact that the books know, and leaves nothing blank."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.records.narration import FACTS, lines_in_words, tell
from sandbox.records.record import RecordedFact, RecordedNote

PAGE = (Path(__file__).parents[3] / "docs" / "facts.md").read_text(encoding="utf-8")
SYSTEMS = re.split(r"^## (\w+)$", PAGE, flags=re.M)[1:]
KINDS = [
    (system, kind, set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", data)))))
    for system, text in zip(SYSTEMS[::2], SYSTEMS[1::2], strict=True)
    for kind, data in re.findall(r"^\| `([\w.]+)` \|[^|]+\|(.*)\|$", text, re.M)
]


@pytest.mark.parametrize(("system", "kind", "known"), KINDS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_kind_of_fact_has_a_sentence_of_what_it_holds(system: str, kind: str, known: set[str]) -> None:
    asked = set(re.findall(r"\{(\w+)\}", FACTS[system, kind])) - {"entity"}
    money = {name.removesuffix("_minor") for name in known if name.endswith("_minor")}
    assert asked <= known | money


def test_there_is_no_sentence_without_a_fact() -> None:
    assert set(FACTS) == {(system, kind) for system, kind, _ in KINDS}


def test_a_kind_without_a_sentence_is_told_all_the_same() -> None:
    note = RecordedNote(1, 0, "core", "lease.lost", "3", None, {"owner": "core-1"})
    assert tell(note) == "the core: lease lost 3 (owner core-1)"
    fact = RecordedFact(1, 0, "erp", 1, "invoice.posted", "INV-1", None, None, None, {"total_minor": 5})
    assert tell(fact) == "the ERP posts invoice INV-1 over 0.05 for shipment —"


def test_lines_in_words() -> None:
    lines = [{"line": n, "sku": f"S{n}", "quantity": n} for n in range(1, 7)]
    assert lines_in_words(lines) == "1 × S1, 2 × S2, 3 × S3, 4 × S4 and 2 more"
    assert lines_in_words([]) == "no lines"
