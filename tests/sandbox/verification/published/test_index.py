"""The index is read strictly: each mistake with file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.errors import InputError
from sandbox.verification.published.index import read_index
from tests.sandbox.verification.published.small import event, released

ENTRY = "- {kind: event, name: shop/order.placed, version: 1.0.0, owner: shop, state: active, since: 2026-03-01}"


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("state: active", "state: actve", "contracts[0].state", "did you mean 'active'?"),
        ("version: 1.0.0", "version: 1.0", "contracts[0].version", ""),
        ("state: active", "state: deprecated", "contracts[0].state", "nobody says since when"),
        ("state: active", "state: retired", "contracts[0].state", "add sunset"),
        ("since: 2026-03-01", "since: 2026-03-01, deprecated: 2026-05-01", "contracts[0].deprecated", "is active"),
        (
            "state: active, since: 2026-03-01",
            "state: deprecated, since: 2026-03-01, deprecated: 2026-02-01",
            "contracts[0].deprecated",
            "before it was published",
        ),
        ("since: 2026-03-01", "since: 2026-03-01, sunset: 2026-02-01", "contracts[0].sunset", "before"),
        ("name: shop/order.placed", "name: shop/order.paid", "contracts[0].name", "there is no events/shop/order.paid"),
        ("owner: shop, ", "", "contracts[0].owner", "missing"),
        ("}", f"}}\n{ENTRY}", "contracts[1].version", "stands there twice"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, field: str, message: str) -> None:
    folder = released(tmp_path, event())
    index = folder / "index.yaml"
    index.write_text(f"contracts:\n{ENTRY}\n".replace(old, new, 1))
    with pytest.raises(InputError) as refused:
        read_index(folder)
    assert refused.value.field == field
    assert refused.value.line in (2, 3)
    assert refused.value.file == str(index)
    assert message in str(refused.value)


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_index(tmp_path)
