"""A mock system as a real process: its face, its clock, its webhooks, and how it starts and ends."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mock_systems.blueprints import CommerceBlueprint
from mock_systems.kit import signing
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.live.call_book import CallBook
from mock_systems.kit.wire import Answer, Reply
from tests.mock_systems.live.served import SECRET, Listener, Served, eventually, serving
from tests.mock_systems.shop import basket, opening

QUICK = CommerceBlueprint(door=DoorConfig(service_ms=1, service_sigma=0))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("shop"), QUICK, opening()) as served:
        yield served


def buy(shop: Served, reference: str, **items: int) -> str:
    """An order; its number."""
    reply = shop.call("POST", "/orders", basket(reference, **items), token="shopper")
    assert reply.status_code == 201, reply.text
    number: str = reply.json()["order"]
    return number


def test_it_answers_over_http_as_its_contract_says(shop: Served) -> None:
    number = buy(shop, "r1", CUP=1)
    assert shop.call("GET", f"/orders/{number}").json()["reference"] == "r1"
    assert shop.http.get(f"{shop.url}/openapi.json").json()["info"]["title"] == "commerce (mock)"
    assert shop.http.get(f"{shop.url}/docs").status_code == 200
    assert shop.call("GET", "/nothing").json()["type"] == "urn:problem:not-found"


def test_a_token_opens_what_it_is_for(shop: Served) -> None:
    assert shop.call("GET", "/orders", token="wrong").status_code == 401
    assert shop.call("GET", "/orders", token="shopper").status_code == 403
    assert shop.call("GET", "/orders", token="admin-for-tests").status_code == 401
    for path in ("/facts", "/status", "/clock", "/snapshots"):
        reply = shop.http.get(shop.admin_url + path, headers={"authorization": "Bearer core"})
        assert (reply.status_code, reply.json()["type"]) == (401, "urn:problem:unauthenticated")


def test_facts_come_in_pages(shop: Served) -> None:
    number = buy(shop, "r2", CUP=1)
    pages, after = [], 0
    while (page := shop.admin("GET", f"/facts?after={after}&limit=2"))["items"]:
        pages += page["items"]
        after = page["last"]
    assert [fact["seq"] for fact in pages] == list(range(1, page["written"] + 1))
    assert [fact["kind"] for fact in pages if fact["entity"] == number] == ["order.accepted"]


def test_calls_are_told_with_their_answers(shop: Served) -> None:
    seen = shop.admin("GET", "/calls")["seen"]
    number = buy(shop, "r3", CUP=1)  # a shopper's call is none of an integration
    limits = {"id": "busy", "kind": "throttle", "operation": "getOrder", "retry_after_s": 7}
    for faults in ([], [limits], [{"id": "gone", "kind": "lost_reply", "operation": "getOrder", "reset": True}]):
        shop.admin("PUT", "/faults", {"calls": faults})
        if faults and faults[0]["id"] == "gone":
            with pytest.raises(httpx.RemoteProtocolError):
                shop.call("GET", f"/orders/{number}")
        else:
            shop.call("GET", f"/orders/{number}")
    shop.admin("DELETE", "/faults")
    page = shop.admin("GET", f"/calls?after={seen}&limit=2")
    rest = shop.admin("GET", f"/calls?after={page['last']}")
    told = [(call["operation"], call["about"], call["status"], call["retry_after"]) for call in page["items"]]
    assert told == [("getOrder", number, 200, None), ("getOrder", number, 429, "7")]
    assert [(call["seq"], call["status"]) for call in rest["items"]] == [(seen + 3, None)]


def test_the_oldest_calls_are_let_go() -> None:
    book = CallBook(most=3)
    for at_us in range(1, 6):
        book.visit(at_us, "erp", "listItems", "/items", Answer(Reply(200)))
    assert [call.seq for call in book.after(0, 10)] == [3, 4, 5]
    assert [call.seq for call in book.after(3, 1)] == [4]
    assert (book.after(5, 10), book.seen) == ([], 5)


def test_faults_are_armed_and_healed(shop: Served) -> None:
    fault = {"id": "down", "kind": "error", "operation": "listOrders", "status": 503}
    shop.admin("PUT", "/faults", {"calls": [fault]})
    assert shop.call("GET", "/orders").status_code == 503
    assert shop.admin("GET", "/faults")["applied"] == {"down": 1}
    shop.admin("DELETE", "/faults")
    assert shop.call("GET", "/orders").status_code == 200
    wrong = shop.http.put(
        f"{shop.admin_url}/faults",
        json={"calls": [{**fault, "kind": "eror"}]},
        headers={"authorization": "Bearer admin-for-tests"},
    )
    assert wrong.status_code == 422
    assert "did you mean 'error'" in wrong.json()["detail"]


def test_answers_that_never_come_break_the_connection_or_keep_silent(shop: Served) -> None:
    lost = {"id": "lost", "kind": "lost_reply", "operation": "listOrders", "reset": True}
    shop.admin("PUT", "/faults", {"calls": [lost]})
    with pytest.raises(httpx.RemoteProtocolError):
        shop.call("GET", "/orders")
    shop.admin("PUT", "/faults", {"calls": [{**lost, "reset": False}]})
    with pytest.raises(httpx.ReadTimeout):
        shop.http.get(f"{shop.url}/orders", headers={"authorization": "Bearer core"}, timeout=0.3)
    shop.admin("DELETE", "/faults")
    assert shop.call("GET", "/orders").status_code == 200


def test_the_clock_runs_at_its_speed_and_never_back(shop: Served) -> None:
    def shown() -> tuple[float, int]:
        return time.monotonic(), shop.admin("GET", "/clock")["now_us"]

    before = shop.admin("GET", "/clock")
    anchor = {"wall_us": time.time_ns() // 1000, "now_us": before["now_us"] + 60_000_000, "speed": 600}
    shop.admin("PUT", "/clock", anchor)
    wall, virtual = shown()
    time.sleep(0.2)
    wall_later, virtual_later = shown()
    passed_s = (virtual_later - virtual) / 1e6
    assert passed_s / 600 == pytest.approx(wall_later - wall, abs=0.1)
    back = shop.http.put(
        f"{shop.admin_url}/clock",
        json={**anchor, "now_us": before["now_us"]},
        headers={"authorization": "Bearer admin-for-tests"},
    )
    assert (back.status_code, back.json()["type"]) == (409, "urn:problem:clock-goes-back")


def test_webhooks_are_signed_with_the_time_of_the_wall_and_come_again(tmp_path: Path) -> None:
    with Listener(status=503) as listener:
        hears = [{"url": listener.url, "topics": ["order.created"]}]
        clock = {"wall_us": time.time_ns() // 1000, "now_us": 1_321_228_800_000_000, "speed": 20}
        with serving(tmp_path, QUICK, opening(), subscriptions=hears, clock=clock) as shop:
            number = buy(shop, "r1", CUP=1)
            eventually(lambda: listener.heard)
            listener.status = 204
            eventually(lambda: len(listener.heard) == 2)
            eventually(lambda: shop.admin("GET", "/status")["webhooks_under_way"] == 0)
    (first, raw), (second, again) = listener.heard
    assert raw == again
    assert json.loads(raw)["data"]["order"] == number
    assert first["webhook-id"] == second["webhook-id"]
    signing.verify(SECRET, first, raw, int(time.time()))


def test_a_client_gets_tokens_that_nobody_can_draw_and_nobody_keeps(tmp_path: Path) -> None:
    clients = {"sync-core": {"secret": "CORE_TOKEN", "scopes": ["integration"]}}
    tokens = {"SHOPPER_TOKEN": ["shopper"]}
    with serving(tmp_path, QUICK, opening(), tokens=tokens, clients=clients, api_keys={"KEY": ["integration"]}) as shop:
        form = {"grant_type": "client_credentials", "client_id": "sync-core", "client_secret": "core"}
        given = [shop.http.post(f"{shop.url}/oauth/token", data=form).json()["access_token"] for _ in range(2)]
        assert shop.call("GET", "/orders", token=given[0]).status_code == 200
        assert shop.http.get(f"{shop.url}/orders", headers={"x-api-key": "key-for-tests"}).status_code == 200
        assert shop.call("GET", "/orders").status_code == 401
        shop.kill()
        shop.start()
        assert shop.call("GET", "/orders", token=given[0]).status_code == 401
    assert min(map(len, given)) > 30
    kept = "".join(path.read_text() for path in tmp_path.rglob("*.jsonl")) + shop.log.read_text()
    assert not [one for one in (*given, "client_secret", "key-for-tests", SECRET) if one in kept]


def test_sigterm_ends_it_in_order_and_the_end_of_its_parent_too(tmp_path: Path) -> None:
    served = Served(tmp_path, QUICK, opening())
    try:
        served.start()
        assert served.stop() == 0
        served.start()
        process = served.process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0
    finally:
        served.close()
    last = json.loads(served.log.read_text().splitlines()[-1])
    assert (last["message"], last["process"]) == ("stopped", "commerce")


def test_a_port_in_use_and_a_missing_token_are_told(tmp_path: Path, shop: Served) -> None:
    taken = Served(tmp_path, QUICK, opening(), port=shop.port)
    assert taken.launch().wait(8) == 2
    assert f"commerce cannot listen on 127.0.0.1:{shop.port}" in taken.log.read_text()
    lacking = Served(tmp_path, QUICK, opening(), admin_token="NOT_SET")
    lacking.log.unlink()
    assert lacking.launch().wait(8) == 2
    assert "the environment variable NOT_SET is missing" in lacking.log.read_text()
    for one in (taken, lacking):
        assert one.process is not None
        assert one.process.stdin is not None
        one.process.stdin.close()
        one.http.close()
