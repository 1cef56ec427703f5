"""The core's adapters as they are, over the core's live HTTP client, against whatever answers at a URL."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sandbox.core.policies.call_policy import CallPolicy
from sandbox.core.policies.caller import Caller
from sandbox.core.ports import Http
from sandbox.core.systems.client import SystemClient
from sandbox.core.systems.credentials import ClientSecret, IssuedTokens
from sandbox.verification.pacts.exchanges.table import ADAPTERS
from sandbox.verification.pacts.exchanges.words import Exchange
from sandbox.worlds.live.core.network import HttpLine

TOKEN: Final = "token"
CLIENT: Final = ClientSecret("sync-core", "secret")
# One attempt: what the adapter makes of an answer is asked here, not how often it asks.
_POLICY: Final = CallPolicy(timeout_us=10_000_000, attempts=1, breaker=None, retry_budget=None)
NOW_US: Final = 1_321_261_200_000_000


class _StoppedClock:
    """Stands at one moment, so that a wait that is asked for can be told to the microsecond."""

    def now_us(self) -> int:
        """That moment."""
        return NOW_US


class _NoJitter:
    """The smallest draw, always."""

    def of(self, purpose: str, *entity: object) -> random.Random:
        """Nothing that is asked here."""
        return random.Random(0)

    def fraction(self, purpose: str, *entity: object) -> float:
        """No back-off on top of what the system asks for."""
        return 0.0


class _Deaf:
    """Hears what the core notices, and keeps none of it."""

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        """Nothing."""


@asynccontextmanager
async def adapter_for(exchange: Exchange, url: str) -> AsyncIterator[Any]:
    """The adapter whose operation the exchange is about, calling `url`."""
    line = HttpLine(exchange.system, url)
    try:
        yield adapter_on(exchange, line)
    finally:
        await line.aclose()


def adapter_on(exchange: Exchange, http: Http) -> Any:
    """The same over another way to the system."""
    clock = _StoppedClock()
    caller = Caller(exchange.system, http, _POLICY, clock, _NoJitter(), _Deaf())
    if not exchange.token:
        return IssuedTokens(caller, CLIENT, clock)
    owner = exchange.asked.name.partition(".")[0]
    (adapter,) = [one for one in ADAPTERS if one.__name__ == owner]
    return adapter(SystemClient(exchange.system, caller, TOKEN, clock, keys=True))
