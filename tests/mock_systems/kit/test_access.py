"""Who is let in: tokens given to OAuth clients, API keys, and how each is refused."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from mock_systems.kit.access import OAuthClient
from mock_systems.kit.door import DoorConfig
from mock_systems.kit.physics import MINUTE, SECOND
from mock_systems.kit.wire import Reply
from tests.mock_systems.shop import Shop

BOTH = frozenset({"integration", "shopper"})
OAUTH = DoorConfig(
    service_ms=0,
    clients={"sync": OAuthClient("s3cret", BOTH), "clerk": OAuthClient("other", frozenset({"shopper"}))},
    api_keys={"key-1": frozenset({"integration"})},
    token_lasts_us=10 * MINUTE,
)
GRANT = {"grant_type": "client_credentials"}


def _ask(shop: Shop, basic: str = "sync:s3cret", **form: str) -> Reply:
    authorization = "Basic " + base64.b64encode(basic.encode()).decode() if basic else ""
    return shop.call("POST", "/oauth/token", {**GRANT, **form}, authorization=authorization)


def _token(shop: Shop, **form: str) -> str:
    given = _ask(shop, **form)
    assert given.status == 200, given.body
    return str(given.body["access_token"])


def test_a_client_is_given_a_token_that_lets_it_in() -> None:
    shop = Shop(OAUTH)
    given = _ask(shop)
    assert given.headers["cache-control"] == "no-store"
    assert (given.body["token_type"], given.body["expires_in"]) == ("Bearer", 600)
    assert given.body["scope"] == "integration shopper"
    token = given.body["access_token"]
    assert shop.call("GET", "/stock", token=token).status == 200
    assert shop.call("GET", "/stock", authorization=f"bearer  {token}").status == 200
    assert _token(shop) != token, "each is another one"


def test_the_client_may_name_itself_in_the_form() -> None:
    assert _ask(Shop(OAUTH), basic="", client_id="sync", client_secret="s3cret").status == 200


def test_a_token_has_no_more_scopes_than_were_asked_for() -> None:
    shop = Shop(OAUTH)
    refused = shop.call("GET", "/stock", token=_token(shop, scope="shopper"))
    assert (refused.status, refused.body["type"]) == (403, "urn:problem:forbidden")
    assert refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="integration"'


@pytest.mark.parametrize(
    ("basic", "form", "status", "error"),
    [
        ("sync:wrong", {}, 401, "invalid_client"),
        ("nobody:s3cret", {}, 401, "invalid_client"),
        ("nobody:", {}, 401, "invalid_client"),
        ("", {}, 401, "invalid_client"),
        ("no colon", {}, 401, "invalid_client"),
        ("clerk:other", {"scope": "shopper integration"}, 400, "invalid_scope"),
        ("sync:s3cret", {"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_who_is_given_none(basic: str, form: dict[str, str], status: int, error: str) -> None:
    refused = _ask(Shop(OAUTH), basic, **form)
    assert (refused.status, refused.body["error"]) == (status, error)
    assert ("www-authenticate" in refused.headers) == (status == 401)


def test_a_token_counts_for_its_time_and_is_told_apart_once_it_has_run_out() -> None:
    shop = Shop(OAUTH)
    token = _token(shop)
    shop.wait(10 * MINUTE - 1)
    assert shop.call("GET", "/stock", token=token).status == 200
    shop.wait(1)
    expired = shop.call("GET", "/stock", token=token)
    assert (expired.status, expired.body["type"]) == (401, "urn:problem:token-expired")
    assert expired.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert shop.call("GET", "/stock", token=_token(shop)).status == 200


def test_old_tokens_are_forgotten() -> None:
    shop = Shop(OAUTH)
    token = _token(shop)
    shop.wait(20 * MINUTE + SECOND)
    _token(shop)
    assert shop.call("GET", "/stock", token=token).body["type"] == "urn:problem:unauthenticated"


def test_a_foreign_token_is_unknown_here() -> None:
    here, elsewhere = Shop(OAUTH), Shop(OAUTH, seed=2)
    assert here.call("GET", "/stock", token=_token(elsewhere)).status == 401


def test_with_clients_no_default_token_counts() -> None:
    assert Shop(OAUTH).call("GET", "/stock", token="core-commerce").status == 401


def test_a_revoked_token_counts_no_longer() -> None:
    shop = Shop(OAUTH)
    token = _token(shop)
    access = shop.system.door.access("commerce")
    assert access.revoke("clerk") == 0
    assert shop.call("GET", "/stock", token=token).status == 200
    assert access.revoke("sync") == 1
    assert shop.call("GET", "/stock", token=token).status == 401


def test_an_api_key_lets_in_with_its_scopes() -> None:
    shop = Shop(OAUTH)
    nobody: dict[str, Any] = {"authorization": ""}
    assert shop.call("GET", "/stock", x_api_key="key-1", **nobody).status == 200
    assert (
        shop.call("GET", "/stock", x_api_key="key-2", **nobody).headers["www-authenticate"].startswith("Bearer error")
    )
    assert shop.call("GET", "/stock", **nobody).headers["www-authenticate"] == "Bearer"
    assert shop.call("POST", "/orders", {}, x_api_key="key-1", **nobody).status == 403


def test_secrets_are_not_shown() -> None:
    assert "s3cret" not in repr(OAUTH)
