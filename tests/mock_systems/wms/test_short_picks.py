"""Short picks: what the picker does not find leaves the reservation and the stock, and the rest goes on."""

from __future__ import annotations

from mock_systems.wms.floor_config import FloorConfig
from tests.mock_systems.wms.warehouse import SITES, SKUS, Warehouse, line


def test_a_short_line_shrinks_the_shipment_and_the_books_follow() -> None:
    house = Warehouse(floor=FloorConfig(short_picks=1.0))
    house.label_when_packed()
    number = house.send_out("W-000001", "LDS", line(1, "CUP", 60))
    house.run_until(9)
    reported, move, *_ = [fact for fact in house.facts() if fact.kind in ("short_pick.reported", "stock.moved")]
    (missing,) = reported.data["lines"]
    found = 60 - missing["quantity"]
    assert 0 < found < 60, "another seed or quantity, please"
    assert reported.data["reason"] in ("not-found", "damaged")
    assert (move.data["reason"], move.data["quantity"]) == ("adjust", -missing["quantity"])
    assert (move.data["from_reserved"], move.data["reserved"]) == (missing["quantity"], found)
    shown = house.call("GET", f"/outbound-orders/{number}").body
    assert (shown["state"], shown["lines"], shown["short"]) == ("shipped", [line(1, "CUP", found)], [missing])
    assert house.facts("outbound.picked")[0].data["lines"] == [line(1, "CUP", found)]
    assert house.facts("outbound.shipped")[0].data["lines"] == [line(1, "CUP", found)]
    assert house.stock("LDS", "CUP") == (40, 0, 2)
    told = [data for topic, data, _ in house.heard if topic == "short_pick.reported"]
    assert [(data["state"], data["short"]) for data in told] == [("picked", [missing])]


def test_an_order_of_which_nothing_is_found_is_cancelled() -> None:
    house = Warehouse(floor=FloorConfig(short_picks=1.0))
    number = house.send_out("W-000001", "LDS", line(1, "CUP", 1))
    house.run_until(9)
    assert house.state(number) == "cancelled"
    assert house.facts("outbound.cancelled")[0].data == {"reason": "short-pick"}
    assert house.facts("reservation.released")[0].data["lines"] == []
    assert house.stock("LDS", "CUP") == (99, 0, 1)
    assert house.facts("outbound.picked") == []
    assert sorted(topic for topic, _, _ in house.heard) == ["short_pick.reported", "stock.moved"]


def test_shorts_come_at_the_share_asked_for_and_no_order_shifts_another() -> None:
    def shorts(orders: range) -> dict[str | None, object]:
        house = Warehouse(quantity=5000, floor=FloorConfig(short_picks=0.2))
        for number in orders:
            house.send_out(f"W-{number:06d}", SITES[number % 3], line(1, SKUS[number % 3], 5))
        house.run_until(19)
        return {fact.order: fact.data for fact in house.facts("short_pick.reported")}

    all_of_them, half = shorts(range(300)), shorts(range(0, 300, 2))
    assert 40 <= len(all_of_them) <= 80
    assert half == {order: data for order, data in all_of_them.items() if int(str(order)[2:]) % 2 == 0}


def test_a_refused_cancellation_is_kept_in_the_books() -> None:
    house = Warehouse()
    number = house.send_out("W-000001")
    house.run_until(6.1)
    reply = house.call("POST", f"/outbound-orders/{number}/cancellation", {"reason": "changed mind"})
    assert (reply.status, reply.body["type"]) == (409, "urn:problem:after-release")
    (fact,) = house.facts("outbound.cancel_refused")
    assert (fact.entity, fact.data["state"]) == (number, house.state(number))
