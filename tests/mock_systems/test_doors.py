"""Every operation of every system, called by those who may not: 401 or 403 as problem details, and nothing done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from mock_systems.documents import empty_systems
from mock_systems.kit.access import OAuthClient
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.face import asgi_app
from mock_systems.kit.routes import Route
from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Request
from tests.mock_systems.asgi import call

NOW_US = 1_321_261_200_000_000
HOUR_US = 3_600_000_000
SYSTEMS = [system.name for system in empty_systems()]
SCOPES = frozenset(("integration", "shopper", "clerk", "partner"))


def guarded(name: str) -> MockSystem:
    """The system with tokens, a key and a client of its own."""
    (system,) = [one for one in empty_systems() if one.name == name]
    system.door.config = DoorConfig(
        tokens={f"own-{name}": SCOPES, f"weak-{name}": frozenset(("nothing-much",))},
        api_keys={f"key-{name}": SCOPES},
        clients={"core": OAuthClient(f"secret-{name}", SCOPES)},
        token_lasts_us=HOUR_US,
        max_body_bytes=10_000,
    )
    return system


def guarded_routes(system: MockSystem) -> Iterator[Route]:
    return (route for route in system.routes.routes if route.scope)


def path_of(route: Route) -> str:
    return re.sub(r"\{[^}]*\}", "X-1", route.path)


def foreign_token(name: str) -> str:
    """A token that another system gave out."""
    other = guarded(next(one for one in SYSTEMS if one != name))
    given = other.door.access(other.name).give_token("core", f"secret-{other.name}", (), NOW_US)
    assert not isinstance(given, str)
    return given.text


def expired_token(system: MockSystem) -> str:
    given = system.door.access(system.name).give_token("core", f"secret-{system.name}", (), NOW_US - 2 * HOUR_US)
    assert not isinstance(given, str)
    return given.text


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_operation_refuses_whoever_is_not_known_there(name: str) -> None:
    system = guarded(name)
    app, other = asgi_app(system), next(one for one in SYSTEMS if one != name)
    bad: dict[str, tuple[dict[str, str], int, str]] = {
        "nothing": ({}, 401, "unauthenticated"),
        "made up": ({"authorization": "Bearer made-up"}, 401, "unauthenticated"),
        "no scheme": ({"authorization": f"own-{name}"}, 401, "unauthenticated"),
        "another system's": ({"authorization": f"Bearer own-{other}"}, 401, "unauthenticated"),
        "given by another system": ({"authorization": f"Bearer {foreign_token(name)}"}, 401, "unauthenticated"),
        "run out": ({"authorization": f"Bearer {expired_token(system)}"}, 401, "token-expired"),
        "another system's key": ({"x-api-key": f"key-{other}"}, 401, "unauthenticated"),
        "a token for something else": ({"authorization": f"Bearer weak-{name}"}, 403, "forbidden"),
    }
    before = system.ledger.written
    for route in guarded_routes(system):
        for what, (headers, status, code) in bad.items():
            got, body, told, _ = call(app, Request(route.method, path_of(route), {}, headers, {}), NOW_US)
            assert (got, body["type"]) == (status, f"urn:problem:{code}"), (route.operation, what, body)
            assert told["content-type"] == "application/problem+json", (route.operation, what)
            assert told["www-authenticate"].startswith("Bearer"), (route.operation, what)
            assert not [secret for secret in headers.values() if secret in str(body) + str(told)], (
                route.operation,
                what,
            )
    assert system.ledger.written == before


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_needs_no_token_is_only_how_to_get_one(name: str) -> None:
    open_to_all = {route.operation for route in guarded(name).routes.routes if not route.scope}
    assert open_to_all == {"giveToken"}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_operation_refuses_a_body_that_is_too_large(name: str) -> None:
    system = guarded(name)
    app, headers = asgi_app(system), {"authorization": f"Bearer own-{name}"}
    raw = b'{"a": "' + b"x" * 10_000 + b'"}'
    for route in system.routes.routes:
        got, body, _, _ = call(app, Request(route.method, path_of(route), {}, headers), NOW_US, raw)
        assert (got, body["type"]) == (413, "urn:problem:content-too-large"), route.operation


def test_the_cases_above_can_tell() -> None:
    """With the right token the same call gets through to the system."""
    system = guarded("erp")
    request: Any = Request("GET", "/items", {}, {"authorization": "Bearer own-erp"})
    assert call(asgi_app(system), request, NOW_US)[0] == 200
