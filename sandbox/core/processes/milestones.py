"""Milestones: what the channel, and so the customer, is told of an order. Consumes the core's own events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from sandbox.core.journal.tables import MILESTONES_TOLD
from sandbox.core.model.errand import Errand
from sandbox.core.policies.keyed_lock import KeyedLock
from sandbox.core.policies.outcomes import OutcomeUnknown, SystemUnavailable
from sandbox.core.ports import BusMessage, Row, Transaction
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused

TOPICS = ("order.milestone", "shipment.dispatched", "change.refused")


class MilestoneTeller:
    """One telling at a time for each order; a milestone older than the last one told is left out.

    A telling of which nobody knows what became of it may still reach the shop: no newer one overtakes it until then,
    and an older one is left out.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._commerce = parts.systems.commerce
        self._heed_versions = parts.design.safety.versions
        policy = parts.systems.callers["commerce"].policy
        self._by_key = policy.honours_keys or not parts.design.safety.look_up_unknown
        self._look_after_us = policy.look_after_us
        self._telling = KeyedLock()
        self._team = parts.team
        self._team.answer("event", self._hear_asked)

    async def hear(self, message: BusMessage) -> None:
        """Tell the shop; raises SystemUnavailable when it can't be told, and the bus brings the event again."""
        event = message.event
        if not self._team.is_ours(event["subject"]):
            asked = {"event": dict(event), "attempt": message.attempt}
            await self._team.ask(event["subject"], "event", asked)
            return
        try:
            async with self._telling.hold(event["subject"]):
                await self._tell(event, event["data"])
        except SystemRefused as refusal:
            await self._surface(event, refusal)

    async def _hear_asked(self, asked: Row) -> None:
        await self.hear(BusMessage(asked["event"], asked["attempt"]))

    async def _tell(self, event: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        saga = event["subject"]
        errand = Errand.for_order(saga, event.get("traceparent"), self._parts.records.leases.token(saga))
        if event["type"] == "shipment.dispatched":
            await self._fulfil(saga, data, errand)
            return
        if event["type"] == "change.refused":
            await self._commerce.refuse(data["order"], data["kind"], data["request"], data["reason"], errand)
            return
        await self._tell_status(saga, data, errand)

    async def _tell_status(self, saga: str, data: Mapping[str, Any], errand: Errand) -> None:
        version, run = data["version"], self._parts.records.journal.run
        told = await run(lambda tx: tx.get(MILESTONES_TOLD, saga)) if self._heed_versions else None
        if told is not None:
            # An older one would take back what a newer one, of which nobody knows, may have told; that comes again.
            if version <= told["version"] or version < told.get("doubtful", version):
                self._parts.ports.observer.note("duplicate.absorbed", data["order"], source="milestone")
                return
            if version > told.get("doubtful", version):
                now_us = self._parts.ports.clock.now_us()
                await asyncio.sleep(max(0, told["settled_at_us"] - now_us) / 1_000_000)
        try:
            await self._tell_once(data["order"], data["status"], version, f"{saga}/status/{version}", errand)
        except SystemUnavailable as away:
            # Told again it is settled: the shop honours its key, and what was lost comes to nothing then.
            if self._heed_versions and away.unknown:
                row = {"version": told["version"] if told is not None else 0, **self._doubt(version)}
                await run(lambda tx: tx.put(MILESTONES_TOLD, saga, row))
            raise
        await run(lambda tx: tx.put(MILESTONES_TOLD, saga, {"version": version}))

    async def _tell_once(self, order: str, status: str, version: int, key: str, errand: Errand) -> None:
        """A shop that honours no keys is asked what it shows, before and when nobody knows what became of a telling."""
        while self._by_key or (await self._commerce.order(order, errand))["status"] != status:
            try:
                await self._commerce.tell_status(order, status, version, key, errand)
            except OutcomeUnknown:
                await asyncio.sleep(self._look_after_us / 1_000_000)
            else:
                return

    def _doubt(self, version: int) -> Row:
        """That a telling may still reach the shop, and until when."""
        return {"doubtful": version, "settled_at_us": self._parts.ports.clock.now_us() + self._look_after_us}

    async def _fulfil(self, saga: str, dispatch: Mapping[str, Any], errand: Errand) -> None:
        """Tell that a shipment has left, once. A shop that honours no keys is asked whether it knows, before and after.

        Only when what was lost can no longer be carried out is it told again.
        """
        order, reference = dispatch["order"], dispatch["reference"]
        key = f"{saga}/fulfilment/{reference}"
        while self._by_key or not await self._commerce.has_fulfilment(order, reference, errand):
            try:
                await self._commerce.add_fulfilment(order, dispatch, key, errand)
            except OutcomeUnknown:
                await asyncio.sleep(self._look_after_us / 1_000_000)
            else:
                return

    async def _surface(self, event: Mapping[str, Any], refusal: SystemRefused) -> None:
        order = event["data"]["order"]
        exceptions = self._parts.records.exceptions

        async def write(tx: Transaction) -> None:
            await exceptions.open(tx, order, f"channel-{refusal.code}", str(refusal), order, event.get("traceparent"))

        await self._parts.records.journal.run(write)
