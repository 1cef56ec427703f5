"""Books are made again from the inputs: after a kill -9, from a snapshot, or anew."""

from __future__ import annotations

import time
from pathlib import Path

from pydantic import TypeAdapter

from mock_systems.blueprints import CommerceBlueprint
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.opening import Opening
from tests.mock_systems.live.served import ADMIN_TOKEN, Listener, Served, eventually, serving
from tests.mock_systems.shop import basket, opening

QUICK = CommerceBlueprint(door=DoorConfig(service_ms=1, service_sigma=0))
START_US = 1_321_228_800_000_000


def buy(shop: Served, reference: str, key: str | None = None) -> str:
    """An order for one cup; its number."""
    headers = {} if key is None else {"idempotency_key": key}
    reply = shop.call("POST", "/orders", basket(reference, CUP=1), token="shopper", **headers)
    assert reply.status_code == 201, reply.text
    number: str = reply.json()["order"]
    return number


def clock_at(speed: float = 1.0) -> dict[str, float]:
    """A clock that stands at the tests' start now."""
    return {"wall_us": time.time_ns() // 1000, "now_us": START_US, "speed": speed}


def test_a_killed_process_takes_up_its_books_where_it_left_them(tmp_path: Path) -> None:
    with Listener(status=503) as listener:
        hears = [{"url": listener.url, "topics": ["order.created"]}]
        with serving(tmp_path, QUICK, opening(), subscriptions=hears, clock=clock_at(5)) as shop:
            number = buy(shop, "r1")
            told = ("POST", f"/orders/{number}/status", {"status": "accepted", "version": 1})
            assert shop.call(*told, idempotency_key="k1").status_code == 200
            fault = {"id": "slow", "kind": "slow", "delay_us": 1000}
            shop.admin("PUT", "/faults", {"calls": [fault]})
            eventually(lambda: listener.heard)
            before = shop.facts()
            shop.kill()
            with (tmp_path / "commerce" / "inputs.jsonl").open("ab") as inputs:
                inputs.write(b"[13212288000")  # what a power cut leaves of a line
            listener.status = 204
            shop.start()
            assert shop.facts() == before
            assert shop.admin("GET", "/faults")["calls"] == [fault]
            assert shop.call(*told, idempotency_key="k1").headers["idempotency-replayed"] == "true"
            assert shop.admin("GET", "/clock")["now_us"] > before[-1]["at_us"]
            eventually(lambda: len(listener.heard) > 1)
            shop.kill()
            shop.start()
            assert buy(shop, "r2") == "W-000002"
    assert len({headers["webhook-id"] for headers, _ in listener.heard[:2]}) == 1


def test_a_snapshot_is_restored_with_its_time_and_under_a_new_generation(tmp_path: Path) -> None:
    with serving(tmp_path, QUICK, opening(), clock=clock_at()) as shop:
        buy(shop, "r1")
        shop.admin("PUT", "/snapshots/one-order")
        kept, kept_us = shop.facts(), shop.admin("GET", "/clock")["now_us"]
        ahead = {"wall_us": time.time_ns() // 1000, "now_us": START_US + 3_600_000_000}
        shop.admin("PUT", "/clock", ahead)
        buy(shop, "r2")
        assert len(shop.facts()) > len(kept)
        for generation in (2, 3):
            shop.admin("POST", "/snapshots/one-order/restoration", {})
            assert shop.facts() == kept
            status = shop.admin("GET", "/status")
            assert (status["generation"], shop.admin("GET", "/snapshots")["items"]) == (generation, ["one-order"])
            assert 0 <= status["now_us"] - kept_us < 60_000_000
            assert buy(shop, "r3") == "W-000002"
        shop.kill()
        shop.start()
        assert [fact["kind"] for fact in shop.facts()[len(kept) :]] == ["order.accepted", "payment.authorised"]


def test_a_reset_begins_anew_with_what_is_given(tmp_path: Path) -> None:
    with serving(tmp_path, QUICK, opening(), clock=clock_at()) as shop:
        buy(shop, "r1")
        shop.admin("POST", "/reset", {"seed": 9})
        status = shop.admin("GET", "/status")
        assert (status["generation"], status["seed"]) == (2, 9)
        assert {fact["kind"] for fact in shop.facts()} == {"item.listed", "stock.published"}
        assert buy(shop, "r1") == "W-000001"
        goods = opening({"CUP": 0, "LAMP": 3, "TIN": 0})
        shop.admin(
            "POST",
            "/reset",
            {
                "opening": TypeAdapter(Opening).dump_python(goods, mode="json"),
                "start_us": START_US,
                "clock": clock_at(),
            },
        )
        assert shop.call("POST", "/orders", basket("r1", CUP=1), token="shopper").status_code == 409
        assert shop.facts()[0]["at_us"] == START_US


def test_a_snapshot_has_a_name_and_nothing_else(tmp_path: Path) -> None:
    with serving(tmp_path, QUICK, opening()) as shop:
        for method, path in (("PUT", "/snapshots/..%2f..%2fetc"), ("POST", "/snapshots/none/restoration")):
            reply = shop.http.request(
                method, shop.admin_url + path, json={}, headers={"authorization": f"Bearer {ADMIN_TOKEN}"}
            )
            assert reply.status_code == 404
        buy(shop, "r1")
