"""Whom a change hits, by what the pacts of consumers write and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sandbox.verification.diff.comparison import compare
from sandbox.verification.diff.usage import read_pacts, with_hits
from tests.sandbox.verification.pacts_against_openapi.vendor import document, listing, pact_of, placing, reading

ORDER = {"status": "open", "total": 1.5, "lines": [{"sku": "A", "quantity": 1}]}


def hit(folder: Path, interaction: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """The rules of the breaking changes that hit a consumer with this interaction."""
    for name, told in (("old", document()), ("new", new), ("pact", pact_of(interaction))):
        (folder / f"{name}.json").write_text(json.dumps(told))
    found = with_hits(compare(str(folder / "old.json"), str(folder / "new.json")), read_pacts(folder / "pact.json"))
    return {change.rule for change in found.changes if change.hits and change.severity.value == "breaking"}


def test_what_is_newly_required_hits_who_does_not_send_it(tmp_path: Path) -> None:
    new = document()
    new["components"]["schemas"]["Order"]["required"].append("note")
    new["components"]["schemas"]["Line"]["required"].append("colour")
    new["components"]["schemas"]["Line"]["properties"]["colour"] = {"type": "string"}
    new["components"]["schemas"]["Order"]["required"].remove("lines")
    both = {"request-property-became-required", "new-required-request-property"}
    assert hit(tmp_path, placing(ORDER), new) == both
    assert hit(tmp_path, placing({**ORDER, "note": "x"}), new) == {"new-required-request-property"}
    assert hit(tmp_path, placing({"status": "open", "total": 1, "note": "x"}), new) == set()
    assert hit(tmp_path, reading(ORDER), new) & both == set()


def test_what_is_taken_less_hits_who_sends_it(tmp_path: Path) -> None:
    new = document()
    new["components"]["schemas"]["Line"]["properties"]["quantity"]["maximum"] = 5
    new["paths"]["/orders"]["get"]["parameters"][1]["schema"]["maximum"] = 50
    assert hit(tmp_path, placing(ORDER), new) == {"request-property-max-set"}
    assert hit(tmp_path, placing({"status": "open", "total": 1}), new) == set()
    assert hit(tmp_path, listing(status=["open"], limit=["5"]), new) == {"request-parameter-max-decreased"}
    assert hit(tmp_path, listing(status=["open"]), new) == set()


def test_an_answer_with_another_status_hits_nobody(tmp_path: Path) -> None:
    new = document()
    gone = new["paths"]["/orders/{id}"]["get"]["responses"].pop("404")
    assert gone
    assert hit(tmp_path, reading(ORDER), new) == set()
    new = document()
    new["components"]["schemas"]["Order"]["properties"]["total"]["type"] = "string"
    assert "response-property-type-changed" in hit(tmp_path, reading(ORDER), new)
    assert "response-property-type-changed" not in hit(tmp_path, reading(status=404), new)
