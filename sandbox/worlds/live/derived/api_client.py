"""The API of a system that is not ours, for reading its books: one call at a time, past the proxy."""

from __future__ import annotations

import ssl
from typing import Any, Final

import httpx

from sandbox.worlds.live.derived.adapter import NotRead

_ANSWERS_WITHIN_S: Final = 30.0


class ApiClient:
    """Reads at `url` with these headers. One connection: a system that grants few calls at once keeps the others."""

    def __init__(self, url: str, headers: dict[str, str], tls: ssl.SSLContext | None = None) -> None:
        self._url = url.rstrip("/")
        self._http = httpx.AsyncClient(
            headers=headers,
            timeout=_ANSWERS_WITHIN_S,
            limits=httpx.Limits(max_connections=1),
            verify=tls or True,
            trust_env=False,
        )

    async def get(self, path: str, **query: str | int) -> Any:
        """What a read answers, as JSON; None for 404. Raises NotRead for anything but success."""
        try:
            reply = await self._http.get(self._url + path, params=query)
            if reply.status_code == 404:
                return None
            if reply.status_code >= 300:
                raise NotRead(f"GET {path}: {reply.status_code}")
            return reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotRead(f"GET {path}: {str(error) or type(error).__name__}") from None

    async def aclose(self) -> None:
        """Let the connection go."""
        await self._http.aclose()
