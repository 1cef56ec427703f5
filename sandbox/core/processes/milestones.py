"""Milestones: what the channel, and so the customer, is told of an order. Consumes the core's own events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from sandbox.core.journal.tables import MILESTONES_TOLD
from sandbox.core.model.errand import Errand
from sandbox.core.policies.keyed_lock import KeyedLock
from sandbox.core.policies.outcomes import OutcomeUnknown
from sandbox.core.ports import BusMessage, Row, Transaction
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused

TOPICS = ("order.milestone", "shipment.dispatched", "change.refused")


class MilestoneTeller:
    """One telling at a time for each order; a milestone older than the last one told is left out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._commerce = parts.systems.commerce
        self._heed_versions = parts.design.safety.versions
        policy = parts.systems.callers["commerce"].policy
        self._by_key = policy.honours_keys or not parts.design.safety.look_up_unknown
        self._look_after_us = policy.look_after_us
        self._telling = KeyedLock()

    async def hear(self, message: BusMessage) -> None:
        """Tell the shop; raises SystemUnavailable when it can't be told, and the bus brings the event again."""
        event = message.event
        try:
            async with self._telling.hold(event["subject"]):
                await self._tell(event, event["data"])
        except SystemRefused as refusal:
            await self._surface(event, refusal)

    async def _tell(self, event: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        saga = event["subject"]
        errand = Errand.for_order(saga, event.get("traceparent"), self._parts.records.leases.token(saga))
        if event["type"] == "shipment.dispatched":
            await self._fulfil(saga, data, errand)
            return
        if event["type"] == "change.refused":
            await self._commerce.refuse(data["order"], data["kind"], data["request"], data["reason"], errand)
            return
        version = data["version"]
        if self._heed_versions and version <= await self._parts.records.journal.run(lambda tx: _last_told(tx, saga)):
            self._parts.ports.observer.note("duplicate.absorbed", data["order"], source="milestone")
            return
        await self._commerce.tell_status(data["order"], data["status"], version, f"{saga}/status/{version}", errand)
        await self._parts.records.journal.run(lambda tx: tx.put(MILESTONES_TOLD, saga, {"version": version}))

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


async def _last_told(tx: Transaction, saga: str) -> int:
    row: Row | None = await tx.get(MILESTONES_TOLD, saga)
    return 0 if row is None else int(row["version"])
