"""The token endpoint that each system has: OAuth 2.0, client credentials grant."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal
from urllib.parse import unquote_plus

from pydantic import BaseModel, ConfigDict

from mock_systems.kit.access import TOKEN_PATH, Access
from mock_systems.kit.routes import OPEN_TO_ALL, Route
from mock_systems.kit.turn import Turn
from mock_systems.kit.wire import Reply

_NO_STORE: Final = {"cache-control": "no-store", "content-type": "application/json"}


class TokenRequest(BaseModel):
    """A form. The client names itself here, or by HTTP Basic; unknown fields are overlooked, as RFC 6749 asks."""

    model_config = ConfigDict(extra="ignore")

    grant_type: str = ""
    scope: str = ""
    client_id: str = ""
    client_secret: str = ""


class Token(BaseModel):
    """A token to be sent as `Authorization: Bearer`; `expires_in` is in seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class OAuthError(BaseModel):
    """RFC 6749, 5.2."""

    error: str
    error_description: str


def token_route(access: Callable[[], Access]) -> Route:
    """`POST /oauth/token`, open to all; `access` is asked at each call."""

    def give(books: Any, turn: Turn) -> Reply:
        body: TokenRequest = turn.body
        named = _by_basic(turn.headers)
        client, secret = named or (body.client_id, body.client_secret)
        if body.grant_type != "client_credentials":
            return _refused(400, "unsupported_grant_type", "grant_type must be client_credentials")
        if not client:
            return _refused(401, "invalid_client", "the client names itself by HTTP Basic, or in the form")
        door = access()
        given = door.give_token(client, secret, body.scope.split(), turn.now_us)
        if given == "invalid_scope":
            return _refused(400, "invalid_scope", "the client may not have all of these scopes")
        if isinstance(given, str):
            return _refused(401, given, "there is no such client, or this is not its secret")
        scope = " ".join(sorted(given.token.scopes))
        token = {"access_token": given.text, "token_type": "Bearer", "expires_in": door.lasts_s(), "scope": scope}
        return Reply(200, token, dict(_NO_STORE))

    return Route(
        "giveToken",
        "POST",
        TOKEN_PATH,
        give,
        "Give a client a token (OAuth 2.0, client credentials)",
        {200: Token, 400: OAuthError, 401: OAuthError},
        body=TokenRequest,
        scope=OPEN_TO_ALL,
        is_form=True,
        tags=("access",),
    )


def _refused(status: int, error: str, about: str) -> Reply:
    headers = dict(_NO_STORE)
    if status == 401:
        headers["www-authenticate"] = "Basic"
    return Reply(status, {"error": error, "error_description": about}, headers)


def _by_basic(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Client and secret of an `Authorization: Basic` header, form-encoded within it (RFC 6749, 2.3.1)."""
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (unquote_plus(client), unquote_plus(secret)) if colon else None
