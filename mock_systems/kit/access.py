"""Who may call a system: bearer tokens and API keys that it knows, and OAuth 2.0 clients to whom it gives tokens.

Clients get theirs by the client credentials grant (RFC 6749, 4.4); how a token is presented and refused is RFC 6750. A
token of another system is as unknown here as one that was made up.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from mock_systems.kit.wire import Reply, problem

TOKEN_PATH: Final = "/oauth/token"
FORM: Final = "application/x-www-form-urlencoded"
API_KEY_HEADER: Final = "x-api-key"
_SECOND_US: Final = 1_000_000
Scopes = frozenset[str]


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A registered client: its secret, and the scopes that its tokens may have."""

    secret: str = field(repr=False)
    scopes: Scopes


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token that a client was given; it counts until `expires_us`."""

    client: str
    scopes: Scopes
    expires_us: int


@dataclass(frozen=True, slots=True)
class TokenGiven:
    """The answer to a client: the token's text, and what it is good for."""

    text: str
    token: IssuedToken


class Access:
    """Knows whom a system lets in, and with which scopes. `make_token` gives the text of a new token."""

    def __init__(
        self,
        tokens: Mapping[str, Scopes],
        api_keys: Mapping[str, Scopes],
        clients: Mapping[str, OAuthClient],
        token_lasts_us: int,
        make_token: Callable[[], str],
    ) -> None:
        self.always: dict[str, Scopes] = {f"Bearer {token}": scopes for token, scopes in tokens.items()}
        """By the `Authorization` header as it usually is written: what a hot door asks first."""
        self._api_keys = dict(api_keys)
        self._clients = dict(clients)
        self._token_lasts_us = token_lasts_us
        self._make_token = make_token
        self._issued: dict[str, IssuedToken] = {}

    def scopes_of(self, headers: Mapping[str, str], now_us: int) -> Scopes | None:
        """The scopes of whoever sends these headers; None for one who is not known, or no longer."""
        given = headers.get("authorization", "")
        scopes = self.always.get(given)
        if scopes is not None:
            return scopes
        if given[:7].lower() == "bearer ":
            text = given[7:].strip()
            issued = self._issued.get(text)
            if issued is not None:
                return issued.scopes if now_us < issued.expires_us else None
            return self.always.get("Bearer " + text)
        key = headers.get(API_KEY_HEADER)
        return self._api_keys.get(key) if key else None

    def refusal(self, scope: str, granted: Scopes | None, headers: Mapping[str, str], now_us: int) -> Reply:
        """401 or 403 for a call that needs `scope`, as RFC 6750 has it: no `error` for who presented nothing."""
        if granted is not None:
            reply = problem(403, "forbidden", f"the operation needs the scope {scope}")
            reply.headers["www-authenticate"] = f'Bearer error="insufficient_scope", scope="{scope}"'
            return reply
        text = headers.get("authorization", "")[7:].strip()
        issued = self._issued.get(text)
        if issued is not None:
            reply = problem(401, "token-expired", "the token has run out: ask for another one")
        elif text or headers.get(API_KEY_HEADER):
            reply = problem(401, "unauthenticated", "the call carries no token or key that is known here")
        else:
            reply = problem(401, "unauthenticated", "the call carries no bearer token and no API key")
            reply.headers["www-authenticate"] = "Bearer"
            return reply
        reply.headers["www-authenticate"] = 'Bearer error="invalid_token"'
        return reply

    def give_token(self, client: str, secret: str, wanted: Collection[str], now_us: int) -> TokenGiven | str:
        """A new token for a client, with the scopes that it wants (none named: all that it may have).

        Otherwise the error of RFC 6749, 5.2: `invalid_client` or `invalid_scope`.
        """
        registered = self._clients.get(client)
        # Compared even where there is no such client, so that the time taken does not tell which names exist.
        right = hmac.compare_digest(secret.encode(), (registered.secret if registered else "").encode())
        if registered is None or not right:
            return "invalid_client"
        scopes = frozenset(wanted) or registered.scopes
        if not scopes <= registered.scopes:
            return "invalid_scope"
        self._forget_expired(now_us)
        token = IssuedToken(client, scopes, now_us + self._token_lasts_us)
        text = self._make_token()
        self._issued[text] = token
        return TokenGiven(text, token)

    def lasts_s(self) -> int:
        """For how many seconds a new token is good."""
        return self._token_lasts_us // _SECOND_US

    def revoke(self, client: str) -> int:
        """Take back all tokens of a client; how many they were."""
        texts = [text for text, token in self._issued.items() if token.client == client]
        for text in texts:
            del self._issued[text]
        return len(texts)

    def _forget_expired(self, now_us: int) -> None:
        """Those that ran out a lifetime ago; until then their bearers are told that they have run out."""
        long_ago_us = now_us - self._token_lasts_us
        for text in [text for text, token in self._issued.items() if token.expires_us < long_ago_us]:
            del self._issued[text]
