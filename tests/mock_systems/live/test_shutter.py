"""An outage of a live system: nobody listens, nothing breaks under way, and the port is open again on time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_systems.blueprints import CommerceBlueprint
from mock_systems.kit.door import DoorConfig
from tests.mock_systems.live.served import Served, eventually, serving
from tests.mock_systems.shop import basket, opening


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, CommerceBlueprint(door=DoorConfig(service_ms=400, service_sigma=0)), opening()) as served:
        yield served


def arm(shop: Served, in_ms: int, for_ms: int, **more: Any) -> None:
    from_us = shop.admin("GET", "/clock")["now_us"] + in_ms * 1000
    fault = {"id": "F1", "kind": "refuse", "from_us": from_us, "until_us": from_us + for_ms * 1000, **more}
    shop.admin("PUT", "/faults", {"calls": [fault]})


def listens(shop: Served) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", shop.port)) == 0


def test_who_comes_is_refused_who_is_being_served_is_answered_and_then_it_is_over(shop: Served) -> None:
    answers: list[int] = []
    call = threading.Thread(target=lambda: answers.append(shop.call("GET", "/orders").status_code))
    arm(shop, in_ms=200, for_ms=900)
    assert listens(shop)
    call.start()
    eventually(lambda: not listens(shop))
    with pytest.raises(httpx.ConnectError), httpx.Client(trust_env=False) as other:
        other.get(f"{shop.url}/orders")
    with socket.socket() as greedy, pytest.raises(OSError, match="in use"):
        greedy.bind(("127.0.0.1", shop.port))
    call.join()
    assert answers == [200]
    with pytest.raises(httpx.ConnectError):  # the kept connection was closed when its call had its answer
        shop.call("GET", "/orders")
    assert shop.admin("GET", "/status")["ready"]
    eventually(lambda: listens(shop))
    assert shop.call("GET", "/orders").status_code == 200


def test_an_outage_outlives_the_process_and_ends_when_it_is_healed(shop: Served) -> None:
    arm(shop, in_ms=0, for_ms=60_000)
    eventually(lambda: not listens(shop))
    shop.kill()
    shop.start()
    eventually(lambda: not listens(shop))
    shop.admin("DELETE", "/faults")
    eventually(lambda: listens(shop))
    arm(shop, in_ms=0, for_ms=60_000)
    eventually(lambda: not listens(shop))
    assert shop.stop() == 0


def test_a_fault_that_means_some_calls_leaves_the_port_open_and_is_told(shop: Served) -> None:
    arm(shop, in_ms=0, for_ms=60_000, operation="listOrders")
    time.sleep(0.05)
    with pytest.raises(httpx.RemoteProtocolError):
        shop.call("GET", "/orders")
    assert shop.call("POST", "/orders", basket("r1", CUP=1), token="shopper").status_code == 201
    told = shop.admin("GET", "/alarms")
    assert [(alarm["what"], alarm["subject"], alarm["outcome"]) for alarm in told["items"]] == [
        ("call", "listOrders", "fault.refuse:F1")
    ]


def test_subscribers_are_forgotten_for_good(shop: Served) -> None:
    asked = {"url": "http://127.0.0.1:9/webhooks", "topics": ["order.created"]}
    assert shop.call("PUT", "/subscriptions/ours", asked).status_code == 200
    assert shop.admin("DELETE", "/subscriptions") == {"subscriptions": 1}
    shop.kill()
    shop.start()
    assert shop.call("GET", "/subscriptions").json() == {"items": []}
