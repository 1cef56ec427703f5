"""Reservations: all or nothing, given again by key, free again when released."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock_systems.wms.warehouse import Warehouse, line


def code(body: dict[str, Any]) -> str:
    """The problem's code."""
    return str(body["type"]).removeprefix("urn:problem:")


def test_a_reservation_keeps_stock_and_a_release_gives_it_free() -> None:
    house = Warehouse()
    made = house.reserve("W-000001", "LDS", line(1, "CUP", 30), line(2, "JAR", 2), line(3, "CUP", 5))
    assert (made.status, made.headers["location"]) == (201, "/reservations/RES-LDS-000001")
    assert (made.body["state"], made.body["lines"][2]) == ("open", line(3, "CUP", 5))
    assert house.call("GET", made.headers["location"]).body == made.body
    assert house.stock("LDS", "CUP") == (100, 35, 0)
    assert house.stock("BHM", "CUP") == (100, 0, 0)

    released = house.call("POST", "/reservations/RES-LDS-000001/release", {"reason": "split"})
    again = house.call("POST", "/reservations/RES-LDS-000001/release", {"reason": "split"})
    assert released.body == again.body == {**made.body, "state": "released"}
    assert house.stock("LDS", "CUP") == (100, 0, 0)
    assert [(f.kind, f.entity, f.order, dict(f.data)) for f in house.facts()] == [
        ("reservation.made", "RES-LDS-000001", "W-000001", {"site": "LDS", "lines": made.body["lines"]}),
        (
            "reservation.released",
            "RES-LDS-000001",
            "W-000001",
            {"site": "LDS", "lines": made.body["lines"], "reason": "split"},
        ),
    ]


def test_what_falls_short_is_named_and_nothing_is_kept() -> None:
    house = Warehouse()
    house.reserve("W-000001", "LDS", line(1, "CUP", 60))
    refused = house.reserve("W-000002", "LDS", line(1, "JAR", 100), line(2, "CUP", 20), line(3, "CUP", 21))
    assert (refused.status, code(refused.body)) == (409, "insufficient-stock")
    assert refused.body["short"] == [{"sku": "CUP", "requested": 41, "available": 40}]
    assert house.stock("LDS", "JAR") == (100, 0, 0)
    assert len(house.facts()) == 1


def test_a_key_gets_the_same_reservation_and_its_absence_a_second_one() -> None:
    house = Warehouse()
    first = house.reserve("W-000001", "LDS", line(1, "CUP", 1), key="k-1")
    assert house.reserve("W-000001", "LDS", line(1, "CUP", 1), key="k-1").body == first.body
    second = house.reserve("W-000001", "LDS", line(1, "CUP", 1))
    assert second.body["reservation"] == "RES-LDS-000002"
    found = house.call("GET", "/reservations", reference="W-000001/LDS").body
    assert found == {"items": [first.body, second.body], "next_cursor": None}
    assert house.call("GET", "/reservations", reference="W-000009/LDS").body["items"] == []


def test_what_an_outbound_order_holds_is_not_released() -> None:
    house = Warehouse()
    house.send_out("W-000001")
    refused = house.call("POST", "/reservations/RES-LDS-000001/release", {"reason": "x"})
    assert (refused.status, code(refused.body)) == (409, "in-use")
    house.label_when_packed()
    house.run_until(12)
    assert house.call("GET", "/reservations/RES-LDS-000001").body["state"] == "consumed"
    assert house.call("POST", "/reservations/RES-LDS-000001/release", {"reason": "x"}).status == 409


@pytest.mark.parametrize(
    ("changed", "status", "expected"),
    [
        ({"site": "XXX"}, 422, "unknown-site"),
        ({"lines": [line(1, "PEN", 1)]}, 422, "unknown-item"),
        ({"lines": []}, 422, "invalid-request"),
        ({"lines": [line(1, "CUP", 0)]}, 422, "invalid-request"),
        ({"lines": [{**line(1, "CUP", 1), "quantity": "1"}]}, 422, "invalid-request"),
        ({"lines": [{**line(1, "CUP", 1), "colour": "red"}]}, 422, "invalid-request"),
        ({"priority": 1}, 422, "invalid-request"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed: dict[str, Any], status: int, expected: str) -> None:
    house = Warehouse()
    body = {"reference": "R", "order": "W-000001", "site": "LDS", "lines": [line(1, "CUP", 1)]} | changed
    refused = house.call("POST", "/reservations", body)
    assert (refused.status, code(refused.body)) == (status, expected)
    assert house.facts() == []


def test_an_unknown_reservation_is_not_found() -> None:
    house = Warehouse()
    assert house.call("GET", "/reservations/RES-LDS-000001").status == 404
    assert house.call("POST", "/reservations/RES-LDS-000001/release", {"reason": "x"}).status == 404
