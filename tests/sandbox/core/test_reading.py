"""What a system says in another type than it promised is told at once, and never believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.core.systems.erp import item_from_wire
from sandbox.core.systems.reading import amount, truth

ITEM = {
    "sku": "A", "version": 1, "name": "Mug", "price_minor": 5, "floor_minor": 4, "unit": "EA", "pack": 1,
    "active": True,
}  # fmt: skip


@pytest.mark.parametrize(("read", "value"), [(amount, 0), (amount, 1250), (truth, True), (truth, False)])
def test_what_was_promised_is_read(read: Callable[[Any, str], Any], value: object) -> None:
    assert read({"x": value}, "x") is value


@pytest.mark.parametrize(
    ("read", "value"),
    [(amount, "1250"), (amount, 12.5), (amount, True), (amount, None), (truth, "false"), (truth, 0), (truth, None)],
)
def test_another_type_is_refused_with_the_field(read: Callable[[Any, str], Any], value: object) -> None:
    with pytest.raises(ValueError, match=r"^x is n"):
        read({"x": value}, "x")
    with pytest.raises(KeyError):
        read({}, "x")


def test_the_text_false_does_not_keep_an_item_for_sale() -> None:
    assert item_from_wire(ITEM).active is True
    with pytest.raises(ValueError, match="active"):
        item_from_wire({**ITEM, "active": "false"})
