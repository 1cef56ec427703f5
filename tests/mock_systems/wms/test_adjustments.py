"""Adjustments: counts and receipts, told with exact balances even where promised stock is missing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock_systems.wms.warehouse import MONDAY_US, Warehouse, line


def test_a_count_may_find_less_than_was_promised() -> None:
    house = Warehouse(at_us=MONDAY_US)
    house.label_when_packed()
    house.send_out("W-000001", "LDS", line(1, "CUP", 90))
    house.wms.adjust("LDS", "CUP", -50)
    assert house.stock("LDS", "CUP") == (50, 90, 1)
    refused = house.reserve("W-000002", "LDS", line(1, "CUP", 1))
    assert refused.body["short"] == [{"sku": "CUP", "requested": 1, "available": 0}]
    house.run_until(1)
    assert [(topic, parent) for topic, _, parent in house.heard] == [("stock.moved", None)]
    assert house.heard[0][1]["moves"] == [dict(house.facts("stock.moved")[0].data)]

    house.wms.adjust("LDS", "CUP", 60, "receipt")
    house.run_until(12)
    moves = [fact.data for fact in house.facts("stock.moved")]
    assert [(m["reason"], m["quantity"], m["sequence"], m["on_hand"], m["reserved"]) for m in moves] == [
        ("adjust", -50, 1, 50, 90),
        ("receipt", 60, 2, 110, 90),
        ("ship", -90, 3, 20, 0),
    ]
    assert [m["reference"] for m in moves] == ["ADJ-LDS-000001", "ADJ-LDS-000002", "W-000001/LDS"]


@pytest.mark.parametrize("wrong", [("XXX", "CUP", 1), ("LDS", "PEN", 1), ("LDS", "CUP", 0), ("LDS", "CUP", -101)])
def test_an_adjustment_that_cannot_be_meant_is_refused_and_books_nothing(wrong: Any) -> None:
    house = Warehouse()
    with pytest.raises(ValueError, match=wrong[0]):
        house.wms.adjust(*wrong)
    assert house.facts() == []
    assert house.stock("LDS", "CUP") == (100, 0, 0)
