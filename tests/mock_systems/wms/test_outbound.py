"""Outbound orders: from the release to the truck, and what is refused on the way."""

from __future__ import annotations

from mock_systems.kit.physics import HOUR
from mock_systems.wms.floor_config import FloorConfig
from tests.mock_systems.wms.warehouse import MONDAY_US, SHIP_TO, Warehouse, line, trace_of


def test_an_outbound_order_passes_every_state_and_its_facts_keep_its_trace() -> None:
    house = Warehouse()
    number = house.send_out("W-000001", "LDS", line(1, "CUP", 3), line(2, "JAR", 1), line(3, "CUP", 2))
    assert house.state(number) == "received"
    house.run_until(6.01)
    assert house.state(number) == "waved"
    house.run_until(7.5)
    packed = house.call("GET", f"/outbound-orders/{number}").body
    assert (packed["state"], packed["weight_g"], packed["label"]) == ("packed", 6 * 300 + 150, None)
    assert house.label(number).body["state"] == "labelled"
    house.run_until(8.01)
    shipped = house.call("GET", f"/outbound-orders/{number}").body
    assert (shipped["state"], shipped["updated_at_us"]) == ("shipped", MONDAY_US + 8 * HOUR)
    assert house.stock("LDS", "CUP") == (95, 0, 1)
    assert house.stock("LDS", "JAR") == (99, 0, 1)

    assert [fact.kind for fact in house.facts()] == [
        "reservation.made",
        "outbound.received",
        "wave.released",
        "outbound.picked",
        "outbound.packed",
        "outbound.labelled",
        "outbound.shipped",
        "stock.moved",
        "stock.moved",
    ]
    of_the_order = [fact for fact in house.facts() if fact.kind.startswith(("outbound", "stock"))]
    assert {(fact.order, fact.trace) for fact in of_the_order} == {("W-000001", trace_of("W-000001"))}


def test_the_core_hears_of_packing_and_shipping_with_the_trace() -> None:
    house = Warehouse()
    house.label_when_packed()
    number = house.send_out("W-000001", "BHM", line(1, "CUP", 3), line(2, "JAR", 1))
    house.run_until(8.5)
    topics = sorted(topic for topic, _, _ in house.heard)
    assert topics == ["outbound.packed", "outbound.shipped", "stock.moved"]
    assert all(parent is not None and parent[3:35] == trace_of("W-000001") for _, _, parent in house.heard)
    heard = {topic: data for topic, data, _ in house.heard}
    assert (heard["outbound.packed"]["state"], heard["outbound.packed"]["outbound_order"]) == ("packed", number)
    assert heard["outbound.shipped"]["state"] == "shipped"
    assert [(m["sku"], m["quantity"], m["on_hand"]) for m in heard["stock.moved"]["moves"]] == [
        ("CUP", -3, 97),
        ("JAR", -1, 99),
    ]
    assert [dict(fact.data) for fact in house.facts("stock.moved")] == heard["stock.moved"]["moves"]


def test_a_cancellation_before_the_wave_gives_the_stock_free_and_after_it_is_refused() -> None:
    house = Warehouse()
    early, late = house.send_out("W-000001"), house.send_out("W-000002")
    for _ in range(2):
        cancelled = house.call("POST", f"/outbound-orders/{early}/cancellation", {"reason": "customer"})
        assert (cancelled.status, cancelled.body["state"]) == (200, "cancelled")
    assert house.stock("LDS", "CUP") == (100, 1, 0)
    assert house.call("GET", "/reservations/RES-LDS-000001").body["state"] == "released"
    house.label_when_packed()
    house.run_until(6.01)
    refused = house.call("POST", f"/outbound-orders/{late}/cancellation", {"reason": "customer"})
    assert (refused.status, refused.body["type"]) == (409, "urn:problem:after-release")
    house.run_until(12)
    assert [fact.entity for fact in house.facts("outbound.shipped")] == [late]
    assert [fact.entity for fact in house.facts("outbound.cancelled")] == [early]
    assert len(house.facts("reservation.released")) == 1
    assert house.call("POST", f"/outbound-orders/{late}/cancellation", {"reason": "customer"}).status == 409


def test_a_label_is_stuck_once_and_not_before_there_is_a_parcel() -> None:
    house = Warehouse(floor=FloorConfig(spread=0))
    number = house.send_out("W-000001")
    for seconds, state in ((-60, "received"), (30, "waved"), (90, "picked")):  # 56 s to pick, 65 s to pack
        house.run_until(6 + seconds / 3600)
        early = house.label(number)
        assert (early.status, early.body["type"]) == (409, "urn:problem:not-packed")
        assert house.state(number) == state
    house.run_until(6.9)
    first = house.label(number)
    assert house.label(number).body == first.body
    other = house.label(number, "other")
    assert (other.status, other.body["type"]) == (409, "urn:problem:already-labelled")
    house.run_until(9)
    assert house.label(number).body["state"] == "shipped"
    assert len(house.facts("outbound.labelled")) == 1


def test_a_reservation_is_handed_over_once_by_its_own_order() -> None:
    house = Warehouse()
    reservation = house.reserve("W-000001", "LDS", line(1, "CUP", 1)).body["reservation"]
    assert house.release("W-000002", reservation).body["type"] == "urn:problem:order-mismatch"
    assert house.release("W-000001", "RES-LDS-000009").body["type"] == "urn:problem:unknown-reservation"
    made = house.release("W-000001", reservation)
    assert (made.status, made.headers["location"]) == (201, "/outbound-orders/OUT-LDS-000001")
    assert house.release("W-000001", reservation).body["type"] == "urn:problem:in-use"
    house.call("POST", "/outbound-orders/OUT-LDS-000001/cancellation", {"reason": "x"})
    assert house.release("W-000001", reservation).body["type"] == "urn:problem:reservation-released"
    assert house.call("GET", "/outbound-orders/OUT-LDS-000002").status == 404


def test_the_list_gives_each_change_once_more_and_is_found_by_reference() -> None:
    house = Warehouse()
    numbers = [house.send_out(f"W-00000{n}") for n in range(1, 6)]
    page = house.call("GET", "/outbound-orders", limit="3").body
    assert ([item["outbound_order"] for item in page["items"]], page["has_more"]) == (numbers[:3], True)
    house.call("POST", f"/outbound-orders/{numbers[0]}/cancellation", {"reason": "x"})
    rest = house.call("GET", "/outbound-orders", cursor=page["next_cursor"]).body
    assert [item["outbound_order"] for item in rest["items"]] == [*numbers[3:], numbers[0]]
    assert (rest["items"][-1]["state"], rest["has_more"]) == ("cancelled", False)
    assert house.call("GET", "/outbound-orders", cursor=rest["next_cursor"]).body["items"] == []
    found = house.call("GET", "/outbound-orders", reference="W-000002/LDS").body
    assert [item["outbound_order"] for item in found["items"]] == [numbers[1]]
    assert house.call("GET", "/outbound-orders", cursor="yesterday").status == 422


def test_the_stock_list_pages_over_sites_and_items() -> None:
    house = Warehouse()
    rows, cursor = [], None
    while True:
        page = house.call("GET", "/stock", limit="4", **({"cursor": cursor} if cursor else {})).body
        rows += [(row["site"], row["sku"]) for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert rows == sorted((site, sku) for site in ("BHM", "LDS", "RDG") for sku in ("CUP", "JAR", "TIN"))


def test_a_body_without_trace_ships_all_the_same() -> None:
    house = Warehouse()
    reservation = house.reserve("W-000001", "LDS", line(1, "CUP", 1)).body["reservation"]
    body = {"reservation": reservation, "reference": "R", "order": "W-000001", "ship_to": SHIP_TO}
    assert house.call("POST", "/outbound-orders", {**body, "traceparent": "00-zz"}).status == 422
    assert house.call("POST", "/outbound-orders", body).body["traceparent"] is None
