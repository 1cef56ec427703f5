"""Stock to the channel: publish what changed, and reconcile with the warehouse's and the shop's own figures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.policies.backoff import Backoff
from sandbox.core.policies.cadence import rest
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Transaction
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused
from sandbox.core.systems.wms import movement_from_wire

_PUBLICATION = "stock-publication"
WATERMARK = "commerce-watermark"
_LOAD_AGAIN = Backoff(base_us=5_000_000, cap_us=60_000_000)
_PUBLISH_AGAIN = Backoff(base_us=1_000_000, cap_us=15_000_000)
_DOUBTS_TOGETHER_S = 30
_TAKEN_UP_WITHIN_US = 60_000_000
_ITEMS_AT_ONCE = 500
_NOT_YET_S = 1.0


class StockPublishing:
    """Keeps the shop's figures near the truth: movements within seconds, everything else at reconciliation."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = parts.ports.clock
        self._records = parts.records
        self._sellable = parts.sellable
        self._heed_versions = parts.design.safety.versions
        self._errand = Errand("stock")
        self._staleness_us = parts.systems.callers["wms"].policy.staleness_us
        self._published: dict[str, int] = {}
        self._team = parts.team
        self._team.hear("moves", self._take_moves)

    async def hear_moves(self, message_id: str, data: Mapping[str, Any]) -> None:
        """The warehouse tells of movements. Raises KeyError for what can't be read."""
        self._take_moves(data)
        self._team.tell("moves", {"moves": data["moves"]})

    def _take_moves(self, data: Mapping[str, Any]) -> None:
        for wire in data["moves"]:
            movement = movement_from_wire(wire)
            if not self._heed_versions:
                self._sellable.overwrite(movement.site, movement.sku, wire["on_hand"] - wire["reserved"])
            elif not self._sellable.move(movement, self._clock.now_us()):
                self._parts.ports.observer.note("news.late", movement.sku, news="stock.moved")

    async def publish(self) -> None:
        """Publish what changed, until cancelled. Who hears no movements takes a snapshot first, in the same run."""
        flow = self._parts.design.flows.stock
        failures = 0
        while True:
            if flow.listens:
                await self._sellable.changed.wait()
            await rest(flow.when, self._clock)
            if not self._sellable.loaded or not self._sellable.is_known(self._records.leases.partitions):
                if flow.when.is_at_once:
                    # Nothing else here takes time: orders were taken up, and stock is still being asked for.
                    await asyncio.sleep(_NOT_YET_S)
                continue
            try:
                if not flow.listens:
                    await self._reconcile_once()
                self._sellable.changed.clear()
                await self.publish_changes()
                failures = 0
            except (SystemUnavailable, SystemRefused) as error:
                self._parts.ports.observer.note("publication.failed", "commerce", cause=str(error))
                failures += 1
                if flow.when.is_at_once:  # or it is tried again in the same moment: what failed is still to be told
                    await asyncio.sleep(_PUBLISH_AGAIN.ceiling_us(failures) / 1_000_000)

    async def reconcile(self) -> None:
        """Compare with the warehouse and the shop, until cancelled."""
        flow = self._parts.design.flows.stock
        await self._load()
        now_us = self._clock.now_us()
        # The first snapshot may have shown an old state; or reservations that a core before us had made, for orders
        # that we took up, and reserved for once more a moment later. What is so young a reconciliation leaves alone.
        wait_us = min(self._staleness_us + _TAKEN_UP_WITHIN_US, flow.reconcile.due_us(now_us) - now_us)
        while flow.listens:
            await self._pause(wait_us)
            try:
                await self._reconcile_once()
            except (SystemUnavailable, SystemRefused) as error:
                self._parts.ports.observer.note("reconciliation.failed", "wms", cause=str(error))
            now_us = self._clock.now_us()
            wait_us = flow.reconcile.due_us(now_us) - now_us

    async def _pause(self, wait_us: int) -> None:
        """Until it is time for the next snapshot: sooner where somebody is in doubt, and then for all who are."""
        try:
            async with asyncio.timeout(wait_us / 1_000_000):
                await self._sellable.doubted.wait()
                await asyncio.sleep(_DOUBTS_TOGETHER_S)
        except TimeoutError:
            return
        finally:
            self._sellable.doubted.clear()

    async def _load(self) -> None:
        """Begin from a warehouse snapshot, as soon as there is one to be had; asked less and less often for it."""
        attempt = 0
        while not self._sellable.loaded:
            try:
                snapshot = await self._parts.systems.wms.stock(self._errand)
                await self._team.caught_up()
                self._sellable.load(snapshot)
            except (SystemUnavailable, SystemRefused) as error:
                self._parts.ports.observer.note("snapshot.failed", "wms", cause=str(error))
                attempt += 1
                await asyncio.sleep(_LOAD_AGAIN.ceiling_us(attempt) / 1_000_000)

    async def publish_changes(self) -> None:
        """Publish the items whose promise changed. What fails stays to be published."""
        dirty = self._sellable.dirty
        while dirty:
            skus = list(dirty)[:_ITEMS_AT_ONCE]
            for sku in skus:
                del dirty[sku]
            try:
                await self._publish(skus)
            except BaseException:
                self._sellable.soil(skus)
                raise

    async def _publish(self, skus: list[str]) -> None:
        version = await self._next_publication()
        watermark = self._parts.watermark.reached
        # Of an item that no readable snapshot has shown nothing is known; the shop keeps its figure.
        quantities = [(sku, self._sellable.promise(sku)) for sku in skus if sku in self._sellable.available]
        if not quantities:
            return
        outcome = await self._parts.systems.commerce.publish_stock(quantities, version, watermark, self._errand)
        for sku, quantity in quantities:
            if outcome.get(sku) == "ok":
                self._published[sku] = quantity
        self._team.tell("reached", {"seq": watermark})

    async def _next_publication(self) -> int:
        cursors = self._records.cursors

        async def count(tx: Transaction) -> int:
            number = int(await cursors.get(tx, _PUBLICATION) or 0) + 1
            await cursors.put(tx, _PUBLICATION, str(number))
            await cursors.put(tx, WATERMARK, str(self._parts.watermark.reached))
            return number

        return await self._records.journal.run(count)

    async def _reconcile_once(self) -> None:
        asked_us = self._clock.now_us() - self._staleness_us
        snapshot = await self._parts.systems.wms.stock(self._errand)
        await self._team.caught_up()
        drift = self._sellable.reconcile(snapshot, asked_us)
        for (site, sku), difference in drift.items():
            self._parts.ports.observer.note("stock.drifted", f"{site}/{sku}", difference=difference)
        if not self._team.leads:
            return  # who publishes compares with the shop
        for sku, quantity in (await self._parts.systems.commerce.stock(self._errand)).items():
            if self._published.get(sku) != quantity:
                self._sellable.soil((sku,))
