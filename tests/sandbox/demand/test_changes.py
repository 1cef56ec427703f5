"""What shoppers ask later, who takes substitutes, and orders that are written out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from pydantic import ValidationError

from mock_systems.kit.streams import Streams
from sandbox.demand import ChangesBlock, Demand, SyntheticDemand, synthetic_demand, with_changes
from sandbox.errors import InputError

START_US = 1_321_228_800_000_000
HOUR_US = 3_600_000_000


def demand(**more: object) -> Demand:
    config = SyntheticDemand.model_validate({"orders_per_day": 1000, "skus": 20, **more})
    return synthetic_demand(config, START_US, 1, Streams(1))


def changed(**asked: object) -> Demand:
    return with_changes(demand(), ChangesBlock.model_validate(asked), Streams(1))


def test_the_shares_are_drawn_and_told() -> None:
    made = changed(cancel="10%", edit="20%", within="2h")
    kinds = Counter(order.change.kind for order in made.orders if order.change is not None)
    assert 70 <= kinds["cancellation"] <= 130
    assert 150 <= kinds["edit"] <= 250
    assert all(0 <= order.change.after_us < 2 * HOUR_US for order in made.orders if order.change is not None)
    assert any(f"{kinds['cancellation']} shoppers (10%, drawn)" in told for told in made.account.derived)


def test_who_cancels_does_not_depend_on_how_many_edit() -> None:
    few, many = changed(cancel="10%"), changed(cancel="10%", edit="50%")
    assert [o.reference for o in few.orders if o.change] == [
        o.reference for o in many.orders if o.change and o.change.kind == "cancellation"
    ]


def test_an_edit_asks_for_less_or_for_another_address() -> None:
    made = changed(edit="100%")
    for order in made.orders:
        assert order.change is not None
        shown = {
            "ship_to": order.ship_to.as_dict(),
            "lines": [{"line": n, "quantity": line.quantity} for n, line in enumerate(order.lines, 1)],
        }
        place, body = order.change.as_request(shown)
        assert place == "edits"
        if body["lines"]:
            (line,) = body["lines"]
            assert line["quantity"] < shown["lines"][line["line"] - 1]["quantity"]  # type: ignore[index]
            assert line["quantity"] > 0 or len(order.lines) > 1
        else:
            assert body["ship_to"]["postcode"] != order.ship_to.postcode


def test_more_than_all_shoppers_is_refused() -> None:
    with pytest.raises(ValidationError, match="more than all shoppers"):
        ChangesBlock.model_validate({"cancel": "60%", "edit": "50%"})


def test_substitutes_are_items_of_the_catalogue_and_only_some_take_them() -> None:
    made = demand(substitutes={"items": "50%", "orders": "40%"})
    items = {item.sku: item for item in made.opening.items}
    stand_ins = [item for item in items.values() if item.substitute is not None]
    assert 4 <= len(stand_ins) <= 16
    assert all(item.substitute in items and item.substitute != item.sku for item in stand_ins)
    share = sum(order.substitutes for order in made.orders) / len(made.orders)
    assert 0.3 < share < 0.5
    assert [replace(order, substitutes=False) for order in made.orders] == list(demand().orders)


def test_orders_may_be_written_out_and_stock_set_by_hand() -> None:
    written = {"at": "10:00", "lines": [{"sku": "SKU-0020", "quantity": 1200}], "substitutes": True}
    made = demand(orders=[written], opening={"stock": {"SKU-0020": {"LDS": 700, "RDG": 600}}})
    (order,) = [order for order in made.orders if order.reference == "R-written-001"]
    assert (order.at_us, order.substitutes, order.lines[0].quantity) == (START_US + 10 * HOUR_US, True, 1200)
    laid_in = {(row.site, row.quantity) for row in made.opening.stock if row.sku == "SKU-0020"}
    assert laid_in == {("LDS", 700), ("RDG", 600)}


@pytest.mark.parametrize(("stock", "wrong"), [({"X": {"LDS": 1}}, "no such item"), ({"SKU-0001": {"Y": 1}}, "site Y")])
def test_stock_set_by_hand_for_what_there_is_not_is_refused(stock: object, wrong: str) -> None:
    with pytest.raises(InputError, match=wrong):
        demand(opening={"stock": stock})


def test_a_written_order_for_an_unknown_item_says_which_there_are() -> None:
    with pytest.raises(InputError, match="SKU-0099") as error:
        demand(orders=[{"at": "10:00", "lines": [{"sku": "SKU-0099", "quantity": 1}]}])
    assert "SKU-0001 to SKU-0020" in str(error.value.remedy)
