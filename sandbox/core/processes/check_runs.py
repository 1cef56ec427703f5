"""Check runs: where orders are checked against kept answers of the ERP, each run drops those that have changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.core.model.errand import Errand
from sandbox.core.policies.cadence import rest
from sandbox.core.processes.list_polling import ListPolling
from sandbox.core.processes.parts import Parts

_CUSTOMERS: Final = "check-customers"
_ITEMS: Final = "check-items"


class CheckRuns:
    """Follows the ERP's lists of changes, in runs. What was dropped, or never asked, is asked for the next order.

    Nothing is kept over a crash: who starts with no answers has no old ones. `account_changed(customer)` is told of
    each customer that may no longer be what it was.
    """

    def __init__(self, parts: Parts, account_changed: Callable[[str], None]) -> None:
        self._parts = parts
        self._account_changed = account_changed
        parts.team.hear("floor", self._forget_floor)
        erp, errand = parts.systems.erp, Errand("checks")
        self._lists = (
            ListPolling(
                parts,
                _CUSTOMERS,
                "erp",
                lambda cursor, limit: erp.changed_customers(cursor, limit, errand),
                self._drop_customer,
            ),
            ListPolling(
                parts,
                _ITEMS,
                "erp",
                lambda cursor, limit: erp.changed_items(cursor, limit, errand),
                self._drop_item,
            ),
        )

    async def run(self) -> None:
        """Follow the lists until cancelled; returns at once where each order is checked by asking."""
        when = self._parts.design.flows.checks.refresh
        if when is None:
            return
        while True:
            await rest(when, self._parts.ports.clock)
            for changed in self._lists:
                await changed.poll()

    async def _drop_customer(self, row: Mapping[str, Any]) -> None:
        self._account_changed(str(row["customer"]))

    async def _drop_item(self, row: Mapping[str, Any]) -> None:
        self._forget_floor({"sku": str(row["sku"])})
        self._parts.team.tell("floor", {"sku": str(row["sku"])})

    def _forget_floor(self, told: Mapping[str, Any]) -> None:
        self._parts.floors.forget(told["sku"])
