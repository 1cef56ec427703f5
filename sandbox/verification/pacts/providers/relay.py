"""State changes passed on to a real provider's state-change URL. Its refusals are noted and not passed back: pact would
ask again, ever more slowly, for two minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from starlette.types import Receive, Scope, Send

from sandbox.verification.pacts.providers.served import body_of, reply_with


class StateRelay:
    """An ASGI app in front of `url`. `missed` are states that it did not take on since somebody last looked."""

    def __init__(self, url: str, headers: Mapping[str, str], timeout_s: float, *, insecure: bool = False) -> None:
        self._url, self._headers, self._timeout_s, self._insecure = url, dict(headers), timeout_s, insecure
        self.missed: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one state change on; what the provider gives back are the state's values."""
        if scope["type"] == "http":
            await reply_with(send, 200, await self._passed_on(await body_of(scope, receive)))

    async def _passed_on(self, asked: Any) -> Any:
        state = asked.get("state") if isinstance(asked, dict) else None
        try:
            async with httpx.AsyncClient(timeout=self._timeout_s, verify=not self._insecure) as client:
                answer = await client.post(self._url, json=asked, headers=self._headers)
        except httpx.HTTPError as error:
            self._miss(state, str(error) or type(error).__name__)
            return {}
        if answer.status_code >= 300:
            self._miss(state, f"{self._url} says {answer.status_code}")
            return {}
        try:
            given = answer.json() if answer.content else {}
        except ValueError:
            return {}
        return given if isinstance(given, dict) else {}

    def _miss(self, state: object, why: str) -> None:
        if not state:
            return  # pact tells of interactions without states, too: who sets none may well refuse that
        self.missed.append(f"the state {state!r} was not set: {why}")
