"""Returns at the warehouse: announced or not, inspected, and put on the shelf or on the scrap heap."""

from __future__ import annotations

from typing import Any

import pytest

from mock_systems.kit.return_parcel import ReturnedLine, ReturnParcel
from mock_systems.kit.wire import Reply
from mock_systems.wms.inspection import InspectionConfig
from tests.mock_systems.wms.warehouse import Warehouse, line, trace_of


def shipped(scrap: float = 0.0) -> Warehouse:
    """A house that has shipped five cups and two jars of W-1 from Leeds, and two cups of it from Reading."""
    house = Warehouse(inspection=InspectionConfig(scrap=scrap))
    house.label_when_packed()
    house.send_out("W-1", "LDS", line(1, "CUP", 5), line(2, "JAR", 2))
    house.send_out("W-1", "RDG", line(1, "CUP", 2))
    house.run_until(20)
    assert len(house.facts("outbound.shipped")) == 2
    return house


def announce(house: Warehouse, *lines: dict[str, Any], site: str = "LDS", key: str | None = None) -> Reply:
    told = list(lines) or [line(1, "CUP", 2), line(2, "JAR", 1)]
    parent = f"00-{trace_of('W-1')}-00f067aa0ba902b7-01"
    body = {"rma": "RMA-1", "order": "W-1", "site": site, "lines": told, "traceparent": parent}
    return house.call("POST", "/returns", body, key=key)


def parcel(*lines: tuple[str, int, str, int]) -> ReturnParcel:
    return ReturnParcel("RMA-1", "W-1", tuple(ReturnedLine(*each) for each in lines))


BACK = (("W-1/LDS", 1, "CUP", 2), ("W-1/LDS", 2, "JAR", 1))


def test_what_comes_back_is_inspected_and_lies_on_the_shelf_again() -> None:
    house = shipped()
    number = announce(house).body["return_order"]
    house.wms.take_back(parcel(*BACK), house.now_us)
    house.run_until(12, day=1)
    assert house.call("GET", f"/returns/{number}").body["received"] == [
        {"line": 1, "sku": "CUP", "quantity": 2, "disposition": "restock", "announced": 2},
        {"line": 2, "sku": "JAR", "quantity": 1, "disposition": "restock", "announced": 1},
    ]
    (received,) = house.facts("return.received")
    assert (received.entity, received.order, received.data["rma"]) == (number, "W-1", "RMA-1")
    assert received.trace == trace_of("W-1")
    moves = [fact.data for fact in house.facts("stock.moved") if fact.data["reason"] == "return"]
    assert [(move["sku"], move["quantity"]) for move in moves] == [("CUP", 2), ("JAR", 1)]
    assert house.stock("LDS", "CUP")[0] == 97
    assert [topic for topic, _, _ in house.heard][-2:] == ["return.received", "stock.moved"]


def test_scrap_never_sees_the_shelf() -> None:
    house = shipped(scrap=1.0)
    announce(house)
    house.wms.take_back(parcel(*BACK), house.now_us)
    house.run_until(12, day=1)
    (received,) = house.facts("return.received")
    assert {x["disposition"] for x in received.data["lines"]} == {"scrap"}
    assert house.stock("LDS", "CUP")[0] == 95


def test_a_parcel_that_nobody_announced_waits() -> None:
    house = shipped()
    house.wms.take_back(parcel(*BACK), house.now_us)
    house.run_until(12, day=1)
    assert house.facts("return.received") == []
    assert house.facts("return.arrived")[0].data["announced"] is False
    announce(house)
    house.run_until(14, day=1)
    assert len(house.facts("return.received")) == 1


def test_a_parcel_with_goods_of_two_sites_goes_to_both() -> None:
    house = shipped()
    announce(house, line(1, "CUP", 2))
    announce(house, line(1, "CUP", 1), site="RDG")
    house.wms.take_back(parcel(("W-1/LDS", 1, "CUP", 2), ("W-1/RDG", 1, "CUP", 1)), house.now_us)
    house.run_until(12, day=1)
    came = house.facts("return.received")
    assert sorted((f.data["site"], f.data["lines"][0]["quantity"]) for f in came) == [
        ("LDS", 2),
        ("RDG", 1),
    ]


def test_fewer_pieces_than_announced_are_booked_as_they_came() -> None:
    house = shipped()
    announce(house)
    house.wms.take_back(parcel(("W-1/LDS", 1, "CUP", 1)), house.now_us)
    house.run_until(12, day=1)
    (received,) = house.facts("return.received")
    assert [(x["line"], x["quantity"], x["announced"]) for x in received.data["lines"]] == [(1, 1, 2)]


def test_a_second_announcement_without_a_key_is_a_parcel_that_never_comes() -> None:
    house = shipped()
    first = announce(house, key="k").body["return_order"]
    assert announce(house, key="k").body["return_order"] == first
    announce(house)
    house.wms.take_back(parcel(*BACK), house.now_us)
    house.run_until(12, day=1)
    found = house.call("GET", "/returns", rma="RMA-1").body["items"]
    assert [each["state"] for each in found] == ["received", "expected"]


def test_what_is_unknown_is_refused() -> None:
    house = shipped()
    assert announce(house, site="XXX").status == 422
    assert announce(house, line(1, "PAN", 1)).status == 422
    assert house.call("GET", "/returns/RET-9").status == 404
    with pytest.raises(ValueError, match="never shipped"):
        house.wms.take_back(parcel(("W-9/LDS", 1, "CUP", 1)), house.now_us)
