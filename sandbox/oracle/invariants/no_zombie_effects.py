"""I18: who has lost the right to work on an order changes nothing any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor


class NoZombieEffects(Monitor):
    """By order, the fencing token of effects never falls: an older one is that of a core which was replaced."""

    id = "I18"
    name = "Who was replaced has no effect"
    parts: ClassVar[Mapping[str, str]] = {"fence": "no effect carried a fencing token"}
    ledgers = ("commerce", "erp", "wms", "carrier")

    def prepare(self) -> None:
        self._highest: dict[str, tuple[int, Fact]] = {}

    @on(
        "commerce order.status",
        "commerce order.fulfilled",
        "commerce order.edited",
        "commerce order.cancelled",
        "commerce payment.captured",
        "commerce payment.refunded",
        "erp sales_order.created",
        "erp sales_order.changed",
        "erp sales_order.cancelled",
        "erp goods_issue.posted",
        "erp goods_return.posted",
        "erp invoice.posted",
        "erp credit_note.posted",
        "erp payment.posted",
        "erp refund.posted",
        "wms reservation.made",
        "wms reservation.released",
        "wms outbound.received",
        "wms outbound.labelled",
        "wms outbound.cancelled",
        "carrier label.bought",
        "carrier label.voided",
    )
    def _effect(self, fact: Fact) -> None:
        fence, order = fact[8], fact[5]
        if fence is None or order is None:
            return
        self.checks["fence"] += 1
        highest = self._highest.get(order)
        if highest is None or fence >= highest[0]:
            if highest is None or fence > highest[0]:
                self._highest[order] = (fence, fact)
            return
        message = f"{fact.kind} {fact.entity} of {order} came under fence {fence}, after {highest[0]} had worked on it"
        self.report("fence", fact, message, highest[1])
