"""Returns at the shop: what may come back, what customers really send, and how money goes back to a card."""

from __future__ import annotations

from typing import Any

from mock_systems.commerce.senders import ReturnConfig
from mock_systems.commerce.system import build_commerce
from mock_systems.kit.physics import DAY
from mock_systems.kit.return_parcel import ReturnedLine, ReturnParcel
from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Reply
from tests.mock_systems.shop import Shop, opening


def bought(returns: ReturnConfig | None = None) -> Shop:
    """A shop that took an order of four cups and two lamps and has heard that it left in two shipments."""
    shop = Shop(returns=returns)
    shop.buy("r1", CUP=4, LAMP=2)
    ship(shop, "S-1", (1, "CUP", 3))
    ship(shop, "S-2", (1, "CUP", 1), (2, "LAMP", 2))
    return shop


def ship(shop: Shop, reference: str, *lines: tuple[int, str, int]) -> None:
    told = [{"line": line, "sku": sku, "quantity": quantity} for line, sku, quantity in lines]
    body = {"reference": reference, "tracking": "T-1", "lines": told}
    assert shop.call("POST", "/orders/W-000001/fulfilments", body).status == 201


def ask(shop: Shop, *lines: tuple[int, int], reference: str = "back-1", order: str = "W-000001") -> Reply:
    body: dict[str, Any] = {
        "reference": reference,
        "lines": [{"line": line, "quantity": quantity} for line, quantity in lines],
        "reason": "too many",
    }
    return shop.call("POST", f"/orders/{order}/returns", body, token="shopper-commerce")


def code(reply: Reply) -> str:
    return str(reply.body["type"]).rpartition(":")[2]


def test_a_return_names_the_shipments_that_its_goods_came_with() -> None:
    shop = bought()
    made = ask(shop, (1, 4), (2, 1))
    assert (made.status, made.body["rma"], made.body["status"]) == (201, "RMA-000001", "requested")
    assert made.body["lines"] == [
        {"line": 1, "sku": "CUP", "quantity": 3, "shipment": "S-1"},
        {"line": 1, "sku": "CUP", "quantity": 1, "shipment": "S-2"},
        {"line": 2, "sku": "LAMP", "quantity": 1, "shipment": "S-2"},
    ]
    order = shop.call("GET", "/orders/W-000001").body
    assert made.body["traceparent"] == order["traceparent"]
    assert shop.call("GET", "/returns").body["items"] == [made.body]
    assert ask(shop, (1, 4), (2, 1)).status == 200, "the same reference is the same return"
    assert shop.kinds().count("return.requested") == 1


def test_what_never_left_or_is_on_its_way_back_cannot_come_back() -> None:
    shop = Shop()
    shop.buy("r1", CUP=4)
    assert code(ask(shop, (1, 1))) == "not-shipped"
    ship(shop, "S-1", (1, "CUP", 3))
    refused = ask(shop, (1, 4))
    assert (code(refused), refused.body["returnable"]) == ("more-than-shipped", [{"line": 1, "quantity": 3}])
    assert ask(shop, (1, 2)).status == 201
    assert code(ask(shop, (1, 2), reference="back-2")) == "more-than-shipped"
    shop.call("POST", "/returns/RMA-000001/status", {"status": "expired", "version": 1})
    assert ask(shop, (1, 3), reference="back-3").status == 201, "what never came may be asked for again"


def test_a_fulfilment_that_the_shop_was_told_twice_left_once() -> None:
    shop = Shop()
    shop.buy("r1", CUP=4)
    ship(shop, "S-1", (1, "CUP", 2))
    ship(shop, "S-1", (1, "CUP", 2))
    assert code(ask(shop, (1, 3))) == "more-than-shipped"


def test_thirty_days_after_the_shipment_it_is_too_late() -> None:
    shop = bought()
    shop.wait(30 * DAY)
    assert ask(shop, (1, 1)).status == 201
    shop.wait(1)
    assert code(ask(shop, (1, 1), reference="back-2")) == "too-late"


def test_the_shop_believes_the_status_that_it_was_told_last() -> None:
    shop = bought()
    ask(shop, (1, 1))
    for status, version in (("credited", 2), ("received", 1)):
        assert shop.call("POST", "/returns/RMA-000001/status", {"status": status, "version": version}).status == 200
    assert shop.call("GET", "/returns/RMA-000001").body["status"] == "received"
    assert shop.call("GET", "/returns/RMA-9").status == 404


def test_a_refund_is_never_more_than_was_captured_and_not_yet_given_back() -> None:
    shop = bought()
    refund = {"amount_minor": 700, "reference": "CN-1"}
    assert code(shop.call("POST", "/orders/W-000001/refunds", refund)) == "over-captured"
    shop.call("POST", "/orders/W-000001/captures", {"amount_minor": 1000, "reference": "INV-1"})
    first = shop.call("POST", "/orders/W-000001/refunds", refund, idempotency_key="k")
    again = shop.call("POST", "/orders/W-000001/refunds", refund, idempotency_key="k")
    assert first.body == again.body
    assert (first.body["refund"], first.body["currency"]) == ("REF-000001", "GBP")
    assert shop.call("POST", "/orders/W-000001/refunds", refund).status == 409
    assert shop.call("GET", "/orders/W-000001/refunds").body["items"] == [first.body]
    assert shop.kinds().count("payment.refunded") == 1


def parcels_of(config: ReturnConfig, seed: int = 1) -> list[tuple[ReturnParcel, int]]:
    shop = bought(config)
    shop.system.streams = Streams(seed)
    came: list[tuple[ReturnParcel, int]] = []
    shop.system.senders.hands.append(lambda parcel, now_us: came.append((parcel, now_us)))
    ask(shop, (1, 4), (2, 1))
    shop.wait(60 * DAY)
    return came


def test_a_parcel_travels_for_days_whoever_knows_of_it() -> None:
    ((parcel, _),) = parcels_of(ReturnConfig(fewer=0, never=0))
    assert (parcel.rma, parcel.order) == ("RMA-000001", "W-000001")
    assert parcel.lines == (
        ReturnedLine("S-1", 1, "CUP", 3),
        ReturnedLine("S-2", 1, "CUP", 1),
        ReturnedLine("S-2", 2, "LAMP", 1),
    )


def test_some_send_fewer_pieces_and_some_never_send_any() -> None:
    for seed in range(1, 6):
        ((parcel, _),) = parcels_of(ReturnConfig(fewer=1, never=0), seed)
        assert 1 <= sum(line.quantity for line in parcel.lines) < 5
    assert parcels_of(ReturnConfig(fewer=0, never=1)) == []


def test_the_settings_of_returns_are_checked() -> None:
    for wrong in ({"within_us": 0}, {"fewer": 0.6, "never": 0.6}):
        try:
            ReturnConfig(**wrong)  # type: ignore[arg-type]
        except ValueError:
            continue
        raise AssertionError(wrong)
    assert build_commerce(opening(), Streams(1)).books.returns.within_us == 30 * DAY
