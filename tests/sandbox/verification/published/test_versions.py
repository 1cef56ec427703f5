"""A change needs a higher version: how much higher, the comparison says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.verification.published.contract import Contract
from tests.sandbox.verification.published.small import api, checked, event, findings, released

MORE = {"order": {"type": "string"}, "total": {"type": "integer"}, "currency": {"type": "string"}}
RETYPED = {"order": {"type": "integer"}}


def test_what_did_not_change_needs_no_version(tmp_path: Path) -> None:
    assert findings(released(tmp_path, event()), event()) == ()


@pytest.mark.parametrize(
    ("before", "after", "needed"),
    [
        (event(), event(properties=RETYPED), "1 breaking, 1 dangerous changes, so it needs 2.0.0"),
        (event(), event(properties=MORE), "1 safe change, so it needs 1.1.0"),
        (event(), event(title="An order"), "other words, so it needs 1.0.1"),
        (api(), api(reply=RETYPED), "so it needs 2.0.0"),
        (api(), api(reply={**MORE}), "so it needs 1.1.0"),
        (api(), api(summary="List them"), "other words, so it needs 1.0.1"),
    ],
)
def test_a_change_without_a_version_is_told_with_the_version_it_needs(
    tmp_path: Path, before: Contract, after: Contract, needed: str
) -> None:
    (finding,) = findings(released(tmp_path, before), after)
    assert finding.startswith("changed, its version did not (1.0.0): ")
    assert finding.endswith(needed)


@pytest.mark.parametrize("version", ["1.0.1", "1.9.0"])
def test_a_breaking_change_needs_a_major_version(tmp_path: Path, version: str) -> None:
    (finding,) = findings(released(tmp_path, event()), event(version, properties=RETYPED))
    assert finding.startswith(f"went from 1.0.0 to {version}, which is not enough")


@pytest.mark.parametrize(("version", "properties"), [("2.0.0", RETYPED), ("1.1.0", MORE), ("1.10.0", MORE)])
def test_a_version_that_is_high_enough_will_do(tmp_path: Path, version: str, properties: dict[str, object]) -> None:
    assert findings(released(tmp_path, event()), event(version, properties=properties)) == ()


def test_the_latest_release_counts_by_its_numbers(tmp_path: Path) -> None:
    folder = released(tmp_path, event("1.9.0"))
    released(folder, event("1.10.0", properties=MORE))
    assert findings(folder, event("1.10.0", properties=MORE)) == ()


def test_a_draft_may_change_as_it_likes(tmp_path: Path) -> None:
    folder = released(tmp_path, event())
    index = folder / "index.yaml"
    index.write_text(index.read_text().replace("active", "draft"))
    assert findings(folder, event(properties=RETYPED)) == ()


def test_what_runs_otherwise_than_it_is_published_is_told(tmp_path: Path) -> None:
    folder = released(tmp_path, event())
    (found,) = checked(folder, [event("2.0.0", properties=RETYPED)])
    assert "is 2.0.0 in the code, and 1.0.0 in the index" in found.findings[0]
    assert "has no events/shop/order.placed/2.0.0.schema.json" in found.findings[1]
    (same_version,) = checked(folder, [event(properties=RETYPED)])
    assert "runs otherwise than events/shop/order.placed/1.0.0.schema.json says" in same_version.findings[0]


def test_an_active_contract_is_released(tmp_path: Path) -> None:
    folder = released(tmp_path, event())
    (folder / event().released_path).unlink()
    (finding,) = findings(folder, event())
    assert "no version of it was released" in finding


def test_a_deprecated_api_says_so_at_each_operation(tmp_path: Path) -> None:
    folder = released(tmp_path, api())
    index = folder / "index.yaml"
    index.write_text(index.read_text().replace("active", "deprecated").replace("}", ", deprecated: 2026-04-01}"))
    (finding,) = findings(folder, api())
    assert "1 of its operations do not say so: listOrders" in finding
    (patched,) = findings(folder, api(deprecated=True))
    assert "changed" in patched
