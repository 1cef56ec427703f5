"""Shoppers at a live shop's door: over HTTP, at the planned times, as patient as those of virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import httpx

from mock_systems.kit.ledger import Fact
from mock_systems.kit.opening import Item, Opening
from mock_systems.kit.wire import Reply
from sandbox.demand import DemandChange, DemandOrder, DemandReturn
from sandbox.runs.judged_landscape import JudgedLandscape
from sandbox.runs.returning import (
    COMES_BACK_AFTER_US,
    LOOKS_AGAIN_AFTER_US,
    WAITS_MOST_US,
    asked_for_less,
    return_request,
    waits_for_shipment,
)

_ANSWER_WITHIN_S: Final = 3.0
_CONNECTIONS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=2.0)

OfToday = Callable[[DemandOrder], DemandOrder]


class ShownItems:
    """The shop's items as its facts tell them: `hear` is a ledger listener, `items` is what shoppers see."""

    def __init__(self, opening: Opening) -> None:
        self.items: dict[str, Item] = {item.sku: item for item in opening.items}

    def hear(self, fact: Fact) -> None:
        """Hear one fact."""
        if fact.kind != "item.changed" or fact.system != "commerce":
            return
        told = fact.data
        known = self.items.get(fact.entity) or Item(fact.entity, told["name"], 0, 0, 0)
        self.items[fact.entity] = replace(known, name=told["name"], price_minor=told["price_minor"], pack=told["pack"])


class LiveShoppers:
    """Places `orders` at `url` with the shoppers' token, as `Shoppers` does in virtual time; so are the counts.

    No answer within three seconds of the wall is none.
    """

    def __init__(self, orders: Sequence[DemandOrder], up: JudgedLandscape, url: str, token: str, of_today: OfToday):
        self._orders = orders
        self._up = up
        self._url = url
        self._of_today = of_today
        self._http = httpx.AsyncClient(
            headers={"authorization": f"Bearer {token}"}, timeout=_ANSWER_WITHIN_S, limits=_CONNECTIONS, trust_env=False
        )
        self.offered = self.placed = self.lost = self.asked = 0
        self.returns_asked = self.turned_down = 0

    async def run(self) -> None:
        """Until the last of them has gone."""
        async with self._http, asyncio.TaskGroup() as group:
            for order in self._orders:
                await self._up.until(order.at_us)
                self.offered += 1
                group.create_task(self._shop(order, group))

    async def _shop(self, order: DemandOrder, group: asyncio.TaskGroup) -> None:
        reply = await self._insist(lambda: ("/orders", self._of_today(order).as_request()))
        if reply is None:
            self.lost += 1
            return
        self.placed += 1
        if reply.status < 300:
            if order.change is not None:
                group.create_task(self._think_again(order.change, reply.body))
            for wanted in order.returns:
                group.create_task(self._give_back(wanted, reply.body))

    async def _think_again(self, change: DemandChange, placed: dict[str, Any]) -> None:
        place, body = change.as_request(placed)
        await self._later(change.after_us)
        if await self._insist(lambda: (f"/orders/{placed['order']}/{place}", body)) is not None:
            self.asked += 1

    async def _give_back(self, wanted: DemandReturn, placed: dict[str, Any]) -> None:
        path, body = return_request(wanted, placed)
        await self._up.until(wanted.at_us)
        until_us = self._up.now_us() + WAITS_MOST_US
        while True:
            asked = body
            reply = await self._insist(lambda asked=asked: (path, asked))  # type: ignore[misc]
            if reply is not None and reply.status < 300:
                self.returns_asked += 1
                return
            if reply is not None and waits_for_shipment(reply) and self._up.now_us() < until_us:
                await self._later(LOOKS_AGAIN_AFTER_US)
            elif reply is not None and (less := asked_for_less(reply, body)) is not None:
                body = less
            else:
                self.turned_down += 1
                return

    async def _insist(self, request: Callable[[], tuple[str, dict[str, Any]]]) -> Reply | None:
        """The shop's answer; None where it gave none that means anything, however often the shopper came back."""
        reply = await self._send(*request())
        for wait_us in COMES_BACK_AFTER_US:
            if reply is not None:
                break
            await self._later(wait_us)
            reply = await self._send(*request())
        return reply

    async def _later(self, wait_us: int) -> None:
        await self._up.until(self._up.now_us() + wait_us)

    async def _send(self, path: str, body: dict[str, Any]) -> Reply | None:
        try:
            answer = await self._http.post(self._url + path, json=body)
            shown = answer.json() if answer.content else None
        except (httpx.TransportError, ValueError):
            return None
        meant = answer.status_code < 500 and answer.status_code != 429
        return Reply(answer.status_code, shown) if meant else None
