"""Who gets in to the admin API, how much it takes, and what is written down of it, also after a kill."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_systems.blueprints import CommerceBlueprint
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.live.admin_guard import AdminGuard
from mock_systems.kit.live.audit import Asked, AuditTrail
from tests.mock_systems.asgi import exchange
from tests.mock_systems.live.served import ADMIN_TOKEN, Served, serving
from tests.mock_systems.shop import opening

QUICK = CommerceBlueprint(door=DoorConfig(service_ms=1, service_sigma=0))
OPEN = {"/health", "/ready"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("guarded"), QUICK, opening()) as served:
        yield served


def entries(shop: Served) -> list[dict[str, Any]]:
    page: dict[str, Any] = shop.admin("GET", "/audit?limit=10000")
    return list(page["items"])


def test_every_operation_wants_the_admin_token_and_nothing_else(shop: Served) -> None:
    paths = shop.http.get(f"{shop.admin_url}/openapi.json").json()["paths"]
    asked = [(method.upper(), path.replace("{name}", "x")) for path, item in paths.items() for method in item]
    assert len(asked) > 15
    wrong = [None, "Bearer core", "Bearer shopper", "Bearer", ADMIN_TOKEN, f"Basic {ADMIN_TOKEN}", "Bearer grüße"]
    for method, path in asked:
        for given in wrong:
            headers = {} if given is None else {"authorization": given.encode("latin-1")}
            reply = shop.http.request(method, shop.admin_url + path, headers=headers)
            if path in OPEN:
                assert reply.status_code == 200
            else:
                assert (reply.status_code, reply.json()["type"]) == (401, "urn:problem:unauthenticated"), (method, path)
                assert reply.headers["content-type"] == "application/problem+json"
                assert reply.headers["www-authenticate"] == "Bearer"


def test_what_is_done_is_written_down_and_outlives_a_kill(shop: Served) -> None:
    last = len(entries(shop))
    shop.admin("DELETE", "/faults")
    shop.http.put(f"{shop.admin_url}/faults", json={}, headers={"user-agent": "stranger/1.0"})
    unfit = {"authorization": f"Bearer {ADMIN_TOKEN}"}
    shop.http.put(f"{shop.admin_url}/faults", json={"calls": [{"id": 1}]}, headers=unfit)
    shop.admin("GET", "/status")
    shop.kill()
    shop.start()
    shop.admin("PUT", "/snapshots/after")
    told = [(entry["who"], entry["call"], entry["status"]) for entry in entries(shop)[last:]]
    assert told == [
        ("admin", "DELETE /faults", 204),
        ("unknown", "PUT /faults", 401),
        ("admin", "PUT /faults", 422),
        ("admin", "PUT /snapshots/after", 204),
    ]
    numbers = [entry["number"] for entry in entries(shop)]
    assert numbers == list(range(1, len(numbers) + 1))
    refused = entries(shop)[last + 1]
    assert (refused["address"], refused["client"]) == ("127.0.0.1", "stranger/1.0")
    assert refused["at"].endswith("+00:00")
    page = shop.admin("GET", f"/audit?after={last}&limit=2")
    assert ([entry["number"] for entry in page["items"]], page["last"]) == ([last + 1, last + 2], last + 2)
    file = next(shop.file.parent.rglob("audit.jsonl"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ADMIN_TOKEN not in file.read_text()


class Ready:
    is_ready = True


async def echo(scope: Any, receive: Any, send: Any) -> None:
    raw = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": raw})


async def ask(tmp_path: Path, length: int, announced: bool) -> tuple[int, int]:
    trail = AuditTrail(tmp_path / "deep" / "audit.jsonl")
    guard = AdminGuard(echo, Ready(), "token", trail, body_bytes_most=100)
    headers = [(b"authorization", b"Bearer token")]
    headers += [(b"content-length", str(length).encode())] if announced else []
    scope = {"type": "http", "method": "PUT", "path": "/faults", "headers": headers, "client": ("10.0.0.1", 5)}
    start, *_ = await exchange(guard, scope, b"x" * length)
    (line,) = trail.path.read_text().splitlines()
    return start["status"], json.loads(line)["status"]


@pytest.mark.parametrize(("length", "status"), [(100, 200), (101, 413)])
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_is_taken_up_to_a_size(tmp_path: Path, length: int, status: int, announced: bool) -> None:
    assert asyncio.run(ask(tmp_path, length, announced)) == (status, status)


def test_a_torn_line_hides_nothing_else(tmp_path: Path) -> None:
    trail = AuditTrail(tmp_path / "audit.jsonl")
    trail.note(Asked("admin", "10.0.0.1", "x" * 1000, "PUT", "/clock"), 200)
    with trail.path.open("a") as file:
        file.write('{"at": "2011')
    (entry,) = trail.page()["items"]
    assert len(entry["client"]) == 200
