"""I5: what was cancelled is not shipped, and who can't cancel any more is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.context import BUS
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import OPEN_EXCEPTION, Monitor


class NoShipAfterCancel(Monitor):
    """No parcel leaves after its warehouse, or the channel, has cancelled it; a refused request is told in time."""

    id = "I5"
    name = "Nothing cancelled is shipped"
    parts: ClassVar[Mapping[str, str]] = {"shipped": "nothing was cancelled"}
    ledgers = ("commerce", "wms")

    def prepare(self) -> None:
        self._cancelled: dict[str, Fact] = {}
        self._orders: dict[str, Fact] = {}
        self._asked: dict[str, dict[str, Fact]] = {}
        limit_us = self.context.deadlines.request_us
        self._untold = self.deadline(limit_us, self._not_told, "commerce", "wms", BUS)

    @on("wms outbound.cancelled")
    def _outbound_cancelled(self, fact: Fact) -> None:
        self.checks["shipped"] += 1
        self._cancelled[fact.entity] = fact

    @on("commerce order.cancelled")
    def _order_cancelled(self, fact: Fact) -> None:
        self.checks["shipped"] += 1
        self._orders[fact.entity] = fact
        for request in self._asked.pop(fact.entity, ()):
            self._untold.cool((fact.entity, request))

    @on("wms outbound.shipped")
    def _shipped(self, fact: Fact) -> None:
        if not (self._cancelled or self._orders):
            return
        if (cancelled := self._cancelled.get(fact.entity)) is not None:
            self.report("shipped", fact, f"{fact.entity} left after the warehouse had cancelled it", cancelled)
        elif (cancelled := self._orders.get(fact.order or "")) is not None:
            self.report("shipped", fact, f"{fact.entity} of {fact.order} left after the order was cancelled", cancelled)

    @on("commerce cancellation.requested")
    def _requested(self, fact: Fact) -> None:
        self._asked.setdefault(fact.order or "", {})[fact.entity] = fact

    @on("wms outbound.cancel_refused")
    def _refused_by_warehouse(self, fact: Fact) -> None:
        order = fact.order or ""
        for request in self._asked.get(order, ()):
            self.checks["shipped"] += 1
            self._untold.heat((order, request), fact.at_us)

    @on("commerce cancellation.refused")
    def _told(self, fact: Fact) -> None:
        order = fact.order or ""
        self._asked.get(order, {}).pop(fact.entity, None)
        self._untold.cool((order, fact.entity))

    def _not_told(self, key: tuple[str, str], since_us: int, due_us: int) -> int | None:
        order, request = key
        if self.cases.by_order[order].exceptions:
            self.excuse(OPEN_EXCEPTION, key)
            return due_us
        message = f"the warehouse ships {order} in spite of {request}, and the shopper was not told"
        self.findings.append(self.finding("told", order, request, due_us, message, self._asked[order][request]))
        return None
