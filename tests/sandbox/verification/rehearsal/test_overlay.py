"""Overlays: a vendor's announcement applied to the published contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.runs.landscape import default_landscape
from sandbox.shipped import shipped_folder
from sandbox.verification.rehearsal.overlay import applied, is_overlay
from sandbox.verification.rehearsal.planning import plan_of
from tests.sandbox.verification.rehearsal.published import published

TUESDAY = shipped_folder("contracts") / "examples" / "erp-tuesday.yaml"


def overlay(folder: Path, action: str) -> str:
    """An overlay with one action."""
    path = folder / "overlay.yaml"
    path.write_text(f"overlay: 1.0.0\ninfo: {{title: t, version: '1'}}\nactions:\n  - {action}\n")
    return str(path)


def test_the_shipped_example_breaks_what_it_says() -> None:
    surface = default_landscape()["erp"]
    plan = plan_of(str(published()), str(TUESDAY), surface.calls, surface.topics)
    assert plan.new == str(TUESDAY)
    assert plan.not_expressed == ()
    assert {one.change.rule for one in plan.changes if one.is_breaking} == {
        "new-required-request-property",
        "response-property-type-changed",
        "response-property-enum-value-added",
        "response-success-status-removed",
    }


def test_objects_are_merged_lists_grow_and_things_go(tmp_path: Path) -> None:
    base = tmp_path / "old.json"
    base.write_text(json.dumps({"a": {"b": [1], "c.d": {"x": 1}}, "e": 5}))

    def after(action: str) -> object:
        return json.loads(applied(overlay(tmp_path, action), str(base), tmp_path).read_text())

    assert after("{target: $.a.b, update: [2, 3]}") == {"a": {"b": [1, 2, 3], "c.d": {"x": 1}}, "e": 5}
    assert after("{target: \"$.a['c.d']\", update: {x: 2, y: {}}}") == {
        "a": {"b": [1], "c.d": {"x": 2, "y": {}}},
        "e": 5,
    }
    assert after("{target: '$.a.b[0]', remove: true}") == {"a": {"b": [], "c.d": {"x": 1}}, "e": 5}
    assert not is_overlay(str(base))


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("{target: $.paths.nowhere, remove: true}", "'nowhere'"),
        ("{target: $.paths.*, remove: true}", "wildcards"),
        ("{target: $.info}", "does nothing"),
        ("{target: $, remove: true}", "whole document"),
        ("{update: {}}", "no target"),
    ],
)
def test_an_action_that_cannot_be_done_is_told_with_its_line(tmp_path: Path, action: str, words: str) -> None:
    with pytest.raises(InputError) as told:
        applied(overlay(tmp_path, action), str(published()), tmp_path)
    assert words in str(told.value)
    assert told.value.line == 4
