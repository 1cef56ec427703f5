"""The core's own API answers as it is published: held against the app that is served."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.core.experience.api import ExperienceApi
from sandbox.core.experience.operations import OPERATIONS, find_operation, methods_of
from sandbox.core.ports import HttpReply, HttpRequest
from sandbox.verification.published.experience_api import experience_api
from tests.sandbox.worlds.live.test_hub_app import Served

DOCUMENT = experience_api()
TOKEN = {"authorization": "Bearer own-token"}


def published() -> dict[tuple[str, str], dict[str, object]]:
    return {
        (method.upper(), path): operation
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
    }


def test_each_operation_that_is_dispatched_is_published() -> None:
    assert {(one.method, one.path) for one in OPERATIONS} < set(published())


def test_a_path_is_matched_by_its_parts() -> None:
    found = find_operation("POST", "/exceptions/EXC-1/replay")
    assert found is not None
    assert (found[0].name, found[1]) == ("replayException", {"exception": "EXC-1"})
    assert find_operation("POST", "/exceptions//replay") is None
    assert find_operation("GET", "/orders") is None
    assert methods_of("/exceptions/EXC-1/replay") == ["POST"]


@pytest.mark.parametrize("path", ["/health", "/ready", "/audit", "/metrics"])
def test_what_is_only_read_answers_405_to_all_else(path: str) -> None:
    status, body, headers = Served().ask("POST", path, headers=TOKEN)
    assert (status, headers["allow"]) == (405, "GET")
    assert body["type"] == "urn:problem:method-not-allowed"


async def ask(method: str, path: str) -> HttpReply:
    class Journal:
        is_away = False

    class Parts:
        records = type("Records", (), {"journal": Journal()})()

    api = ExperienceApi(Parts(), None, None)  # type: ignore[arg-type]
    return await api.receive(HttpRequest(method, path))


def test_a_known_path_and_another_method_is_405_with_what_is_allowed() -> None:
    reply = asyncio.run(ask("DELETE", "/orders/W-1"))
    assert (reply.status, reply.headers["allow"]) == (405, "GET")
    assert asyncio.run(ask("GET", "/nothing")).status == 404


@pytest.mark.parametrize("path", ["/orders/W-1", "/exceptions", "/audit"])
def test_who_has_no_token_is_refused_as_published(path: str) -> None:
    status, body, headers = Served().ask("GET", path)
    template = "/orders/{order}" if path.startswith("/orders") else path
    reply = DOCUMENT["paths"][template]["get"]["responses"][str(status)]
    assert status == 401
    assert {name.lower() for name in reply["headers"]} <= set(headers)
    schema = reply["content"]["application/problem+json"]["schema"]["$ref"].rpartition("/")[2]
    assert body["type"] in DOCUMENT["components"]["schemas"][schema]["properties"]["type"]["x-extensible-enum"]
