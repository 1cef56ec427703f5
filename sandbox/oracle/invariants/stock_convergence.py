"""I9: what the channel may sell converges to what can be promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor
from sandbox.oracle.percentiles import scaled

_SECOND_US = 1_000_000


class StockConvergence(Monitor):
    """Once faults are healed, published and promised stock differ for no longer than the deadline.

    `lags_us` are the stretches for which an item's two numbers differed, faults or not; `promise` has the numbers.
    """

    id = "I9"
    name = "Published stock converges"
    parts: ClassVar[Mapping[str, str]] = {"published": "no stock was published"}
    ledgers = ("commerce", "wms")

    def prepare(self) -> None:
        self.lags_us: list[int] = []
        self.promise = self.cases.availability
        self.promise.compared.append(self._compare)
        self._since: dict[str, int] = {}
        self._apart = self.deadline(self.context.deadlines.inventory_us, self._late, "commerce", "wms")

    @on("commerce stock.published")
    def _published(self, fact: Fact) -> None:
        self.checks["published"] += 1

    @property
    def items_apart(self) -> int:
        """For how many items the two numbers differ now."""
        return len(self._since)

    def measured(self) -> Mapping[str, float | None]:
        """How long it took until a change of what can be promised was published."""
        lags_us = self.lags_us
        return {
            "lag_s_p50": scaled(lags_us, 50, _SECOND_US),
            "lag_s_p95": scaled(lags_us, 95, _SECOND_US),
            "lag_s_max": scaled(lags_us, 100, _SECOND_US),
            "lags": len(lags_us),
        }

    def _compare(self, sku: str, agrees: bool, at_us: int) -> None:
        if not agrees:
            if sku not in self._since:
                self._since[sku] = at_us
                self._apart.heat(sku, max(at_us, self.context.heal_us))
        elif (since_us := self._since.pop(sku, None)) is not None:
            self._apart.cool(sku)
            self._keep_lag(since_us, at_us)

    def _keep_lag(self, since_us: int, at_us: int) -> None:
        # Facts of one state change bear one time: what they undo between them was never to be seen.
        if at_us > since_us:
            self.lags_us.append(at_us - since_us)
            if since_us < self.context.heal_us and at_us - since_us > self.context.deadlines.inventory_us:
                self.excuses["faults were not healed yet"] += 1

    def _late(self, sku: str, since_us: int, due_us: int) -> None:
        told, true = self.promise.of(sku)
        message = f"the channel sells {told} of {sku}, {true} can be promised"
        self.findings.append(self.finding("published", None, sku, due_us, message))
