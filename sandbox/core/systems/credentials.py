"""What the core shows at a system's door: a token that always counts, or one that it is given for a while.

The latter as an OAuth 2.0 client (RFC 6749, 4.4).
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote_plus

from sandbox.core.policies.caller import Caller
from sandbox.core.ports import Clock, HttpReply, HttpRequest

TOKEN_PATH: Final = "/oauth/token"
_FORM: Final = "application/x-www-form-urlencoded"
# A token is renewed when a tenth of its time is left, so that none runs out on its way.
_LEFT: Final = 10


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """A client's name at a system, and its secret there."""

    client: str
    secret: str = field(repr=False)


# A bearer token that always counts, or what tokens are asked for with.
Credential = str | ClientSecret


class TokenRefused(Exception):
    """The system gave no token; `reply` tells why."""

    def __init__(self, reply: HttpReply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class IssuedTokens:
    """The token of one client at one system: asked for when it is needed, in time before it runs out, and when refused.

    Whoever needs one meanwhile waits for the one request that is under way.
    """

    def __init__(self, caller: Caller, credential: ClientSecret, clock: Clock) -> None:
        self._caller = caller
        self._clock = clock
        named = f"{quote_plus(credential.client)}:{quote_plus(credential.secret)}"
        self._basic = "Basic " + base64.b64encode(named.encode()).decode()
        self._asking = asyncio.Lock()
        self._authorization = ""
        self._renew_at_us = 0
        self.asked = 0

    async def authorization(self) -> str:
        """The `Authorization` header that counts now. Raises TokenRefused, SystemUnavailable."""
        if self._clock.now_us() < self._renew_at_us:
            return self._authorization
        async with self._asking:
            if self._clock.now_us() >= self._renew_at_us:
                await self._ask()
        return self._authorization

    async def renewed(self, refused: str) -> str:
        """Another header than `refused`, which counts no longer. Raises TokenRefused, SystemUnavailable."""
        async with self._asking:
            if self._authorization == refused:
                await self._ask()
        return self._authorization

    async def _ask(self) -> None:
        self.asked += 1
        asked_us = self._clock.now_us()
        headers = {"authorization": self._basic, "content-type": _FORM, "accept": "application/json"}
        request = HttpRequest("POST", TOKEN_PATH, {}, headers, {"grant_type": "client_credentials"})
        reply = await self._caller.call(request, f"{self._caller.system}/token", repeatable=True)
        body = reply.body if isinstance(reply.body, dict) else {}
        token, seconds = body.get("access_token"), body.get("expires_in", 0)
        if reply.status != 200 or not isinstance(token, str) or not isinstance(seconds, int):
            raise TokenRefused(reply)
        self._authorization = f"Bearer {token}"
        lasts_us = seconds * 1_000_000
        self._renew_at_us = asked_us + lasts_us - lasts_us // _LEFT
