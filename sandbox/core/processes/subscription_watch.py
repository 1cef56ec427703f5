"""Watches the webhook subscriptions: those that are gone are asked for again, those that will expire are renewed.

What was missed meanwhile is found by polling, which goes on all the time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.core.journal.aside import UNREADABLE
from sandbox.core.model.errand import Errand
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused
from sandbox.core.systems.subscriptions import Subscription, SubscriptionApi

VALIDATION = "subscription.validation"
_NAME = "sync-core"


class SubscriptionWatch:
    """`topics`: system -> the topics that the core reads."""

    def __init__(self, parts: Parts, topics: Mapping[str, Sequence[str]]) -> None:
        self._parts = parts
        self._topics = topics
        self._every_us = parts.design.intake.subscriptions_every_us
        self._errand = Errand("subscriptions")
        self._address = parts.ports.address
        self._apis: Mapping[str, SubscriptionApi] = parts.systems.subscriptions

    async def run(self) -> None:
        """Look, until cancelled."""
        if self._every_us is None:
            return
        while True:
            await asyncio.sleep(self._every_us / 1_000_000)
            for system in self._topics:
                try:
                    await self._look(system)
                except (SystemUnavailable, SystemRefused, *UNREADABLE) as error:
                    self._parts.ports.observer.note("subscription.unknown", system, cause=str(error))

    async def confirm(self, system: str, data: Mapping[str, Any]) -> None:
        """The system wants its token back. Raises KeyError for what can't be read."""
        await self._apis[system].confirm(data["subscription"], data["token"], self._errand)

    async def _look(self, system: str) -> None:
        url, topics = f"{self._address}/webhooks/{system}", self._topics[system]
        ours = [one for one in await self._apis[system].all(self._errand) if one.url == url]
        if any(self._will_do(one, topics) for one in ours):
            return
        name = ours[0].subscription if ours else _NAME
        await self._apis[system].ask(name, url, topics, self._errand)
        self._parts.ports.observer.note("subscription.renewed", system)

    def _will_do(self, subscription: Subscription, topics: Sequence[str]) -> bool:
        """Whether it brings all that we read, beyond the next two looks."""
        assert self._every_us is not None
        soon_us = self._parts.ports.clock.now_us() + 2 * self._every_us
        lasts = subscription.expires_at_us is None or subscription.expires_at_us > soon_us
        return lasts and subscription.confirmed and all(topic in subscription.topics for topic in topics)
