"""I11: what the channel is told moves forward only."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor

# accepted and on_hold share a rank: an order may be held before or after it is called accepted.
STATUS_RANK: Final[Mapping[str, int]] = MappingProxyType(
    {
        "received": 0,
        "accepted": 1,
        "on_hold": 1,
        "allocated": 2,
        "released": 3,
        "partially_shipped": 4,
        "shipped": 5,
        "invoiced": 6,
        "delivered": 7,
    }
)
"""The statuses that a channel is told, by the order in which they may be told."""
REJECTED: Final = "rejected"
BACKORDERED: Final = "backordered"
"""Waiting for stock is no step: the status before it is what the next one is held against."""
SCAN_RANK: Final[Mapping[str, int]] = MappingProxyType({"in_transit": 0, "out_for_delivery": 1, "delivered": 2})
_LAST_REJECTABLE: Final = STATUS_RANK["released"]
_ENDED: Final = 99
_UNKNOWN: Final = -1


class Monotone(Monitor):
    """Statuses, their versions, published stock versions and scans never step back."""

    id = "I11"
    name = "What was told moves forward only"
    parts: ClassVar[Mapping[str, str]] = {"status": "the channel was told no status", "stock": "no stock was published"}
    flows: ClassVar[Mapping[str, str]] = {
        "revision": "no order was edited",
        "master_data": "no item and no customer changed",
        "return": "the channel was told nothing of a return",
    }
    ledgers = ("commerce",)

    def prepare(self) -> None:
        self._told: dict[str, Fact] = {}
        self._published: dict[str, Fact] = {}
        self._scanned: dict[str, Fact] = {}
        self._numbered: dict[tuple[str, str], Fact] = {}

    @on("commerce order.status")
    def _status(self, fact: Fact) -> None:
        self.checks["status"] += 1
        status = fact.data["status"]
        before = self._told.get(fact.entity)
        if status != BACKORDERED:
            self._told[fact.entity] = fact
        rank = _rank(status)
        if rank == _UNKNOWN:
            self.report("status", fact, f"{fact.entity} was told the unknown status {status!r}")
        if before is None:
            return
        if not may_follow(before.data["status"], status):
            self.report("status", fact, f"{fact.entity} fell from {before.data['status']} to {status}", before)
        if fact.data["version"] <= before.data["version"]:
            message = f"{fact.entity} was told version {fact.data['version']} after {before.data['version']}"
            self.report("version", fact, message, before)

    @on("commerce stock.published")
    def _stock(self, fact: Fact) -> None:
        self.checks["stock"] += 1
        before = self._published.get(fact.entity)
        self._published[fact.entity] = fact
        if before is not None and fact.data["version"] <= before.data["version"]:
            message = f"stock of {fact.entity}: version {fact.data['version']} after {before.data['version']}"
            self.report("stock", fact, message, before)

    @on("commerce order.edited", "erp sales_order.changed")
    def _revision(self, fact: Fact) -> None:
        self._grows("revision", fact, "revision")

    @on("commerce item.changed", "erp item.changed", "erp customer.changed")
    def _item(self, fact: Fact) -> None:
        self._grows("master_data", fact, "version")

    @on("commerce return.status")
    def _return(self, fact: Fact) -> None:
        self._grows("return", fact, "version")

    def _grows(self, role: str, fact: Fact, name: str) -> None:
        """Each telling of a thing has a higher number than the one before."""
        self.checks[role] += 1
        key = (fact.system, fact.entity)
        before = self._numbered.get(key)
        self._numbered[key] = fact
        if before is not None and fact.data[name] <= before.data[name]:
            message = f"{fact.kind} {fact.entity}: {name} {fact.data[name]} after {before.data[name]}"
            self.report(role, fact, message, before)

    @on("carrier parcel.scanned")
    def _scan(self, fact: Fact) -> None:
        before = self._scanned.get(fact.entity)
        self._scanned[fact.entity] = fact
        if before is None:
            return
        grows = fact.data["sequence"] > before.data["sequence"]
        if not grows or _scan_rank(fact) < _scan_rank(before):
            message = f"parcel {fact.entity} went from {before.data['status']} to {fact.data['status']}"
            self.report("tracking", fact, message, before)


def may_follow(before: str, after: str) -> bool:
    """Whether a channel may be told `after` when `before` was the last status it was told."""
    if after == REJECTED:
        return _rank(before) <= _LAST_REJECTABLE
    if after == BACKORDERED:
        return STATUS_RANK["accepted"] <= _rank(before) < STATUS_RANK["shipped"]
    return _rank(after) >= _rank(before)


def _rank(status: str) -> int:
    if status == BACKORDERED:
        return STATUS_RANK["accepted"]
    return _ENDED if status == REJECTED else STATUS_RANK.get(status, _UNKNOWN)


def _scan_rank(fact: Fact) -> int:
    return SCAN_RANK.get(fact.data["status"], _UNKNOWN)
