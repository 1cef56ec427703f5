"""A system's webhook subscriptions, which all systems keep in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.core.model.errand import Errand
from sandbox.core.systems.client import SystemClient


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as the system shows it; `expires_at_us` None never."""

    subscription: str
    url: str
    topics: tuple[str, ...]
    expires_at_us: int | None
    confirmed: bool


class SubscriptionApi:
    """What the core asks of a system about its webhooks."""

    def __init__(self, client: SystemClient) -> None:
        self._client = client

    async def all(self, errand: Errand) -> list[Subscription]:
        """Every subscription."""
        page = await self._client.read("/subscriptions", errand)
        return [
            Subscription(x["subscription"], x["url"], tuple(x["topics"]), x["expires_at_us"], x["confirmed"])
            for x in page["items"]
        ]

    async def ask(self, subscription: str, url: str, topics: Sequence[str], errand: Errand) -> None:
        """Subscribe, or renew; may be repeated."""
        body = {"url": url, "topics": list(topics)}
        await self._client.write("PUT", f"/subscriptions/{subscription}", errand, body, key=None)

    async def confirm(self, subscription: str, token: str, errand: Errand) -> None:
        """Give the validation token back; may be repeated."""
        path = f"/subscriptions/{subscription}/confirmation"
        await self._client.write("POST", path, errand, {"token": token}, key=None)
