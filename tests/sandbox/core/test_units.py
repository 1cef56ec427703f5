"""Units: what the shop counts in cases becomes eaches once, and goes to the ERP in its own unit (B49)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_systems.erp.order_lines import in_eaches
from sandbox.core.model.item import Item, ListedItem, breaking_changes
from sandbox.core.model.order import OrderLine, lines_from_row, lines_to_row
from sandbox.core.systems.commerce import line_from_wire
from sandbox.core.systems.erp import _priced_line

SHOWN = ListedItem(3, "Mug", 1000, 12, True)


@given(st.integers(1, 500), st.integers(2, 144), st.integers(0, 10**6), st.integers(0, 10**5))
def test_a_case_is_converted_once_on_its_way_from_shop_to_erp(cases: int, pack: int, price: int, tax: int) -> None:
    wire = {"line": 1, "sku": "MUG", "quantity": cases, "price_minor": price, "uom": "CS", "pack": pack}
    line = line_from_wire({**wire, "tax_minor": tax})
    assert (line.quantity, line.net_minor) == (cases * pack, cases * price)
    assert lines_from_row(lines_to_row((line,))) == (line,)
    told = _priced_line(line)
    assert (told["quantity"], told["unit"], told["pack"]) == (cases, "CA", pack)
    kept = in_eaches(told)  # type: ignore[arg-type]
    assert (kept["quantity"], kept["uom"], kept["price_minor"]) == (cases * pack, "CS", price)


def test_a_plain_line_stays_as_it_is() -> None:
    wire = {"line": 2, "sku": "MUG", "quantity": 5, "price_minor": 700}
    line = line_from_wire(wire)
    assert line == OrderLine(2, "MUG", 5, 700)
    assert _priced_line(line) == wire
    assert lines_to_row((line,)) == [[2, "MUG", 5, 700]]


def test_a_unit_that_nobody_knows_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="unknown unit 'BX'"):
        line_from_wire({"line": 1, "sku": "MUG", "quantity": 5, "price_minor": 700, "uom": "BX", "pack": 6})


def _item(**changed: object) -> Item:
    row = {"name": "Mug", "price_minor": 1000, "floor_minor": 900, "unit": "EA", "pack": 12, "active": True, **changed}
    return Item("MUG", 4, **row)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "open_orders", "breaking"),
    [
        ({"price_minor": 1300}, 0, []),
        ({"price_minor": 1301}, 0, ["the price goes from 1000 to 1301"]),
        ({"price_minor": 699}, 0, ["the price goes from 1000 to 699"]),
        ({"pack": 6}, 0, ["a case goes from 12 to 6 eaches"]),
        ({"active": False}, 0, []),
        ({"active": False}, 2, ["it is withdrawn while 2 orders wait for it"]),
    ],
)
def test_what_breaks_things_asks(changed: dict[str, object], open_orders: int, breaking: list[str]) -> None:
    assert list(breaking_changes(_item(**changed), SHOWN, 0.3, open_orders)) == breaking
    assert list(breaking_changes(_item(**changed), None, 0.3, open_orders)) == [], "what is new breaks nothing"


@pytest.mark.parametrize(
    "changed", [{"price_minor": 0}, {"price_minor": 899}, {"name": " "}, {"unit": "BX"}, {"pack": 0}]
)
def test_what_can_not_be_meant_is_named(changed: dict[str, object]) -> None:
    assert len(list(_item(**changed).problems())) == 1
    assert list(_item().problems()) == []
