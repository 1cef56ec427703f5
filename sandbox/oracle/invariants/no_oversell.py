"""I3: nobody sells what isn't there, unless the channel could not have known yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor

STALE: Final = "published stock was younger than the staleness that is allowed"


class NoOversell(Monitor):
    """At each acceptance, open orders ask for no more of an item than lies unreserved on all shelves.

    `oversold_units` are all eaches taken beyond that, `by_cause` splits them: `published` (the channel showed too many
    for longer than is allowed) and `stale` (it could not have known yet).
    """

    id = "I3"
    name = "Nothing is sold that is not there"
    parts: ClassVar[Mapping[str, str]] = {"published": "no order was accepted"}
    ledgers = ("commerce", "wms")

    def prepare(self) -> None:
        self.by_cause = {"published": 0, "stale": 0}
        limit_us = self.context.deadlines.staleness_us
        self._patience = self.context.patience(limit_us, "commerce", "wms")
        self.cases.availability.oversold.append(self._oversold)

    @property
    def oversold_units(self) -> int:
        """Eaches that were sold and were not there, whoever was to blame."""
        return sum(self.by_cause.values())

    @on("commerce order.accepted")
    def _accepted(self, fact: Fact) -> None:
        self.checks["published"] += len(fact.data["lines"])

    def measured(self) -> Mapping[str, float | None]:
        """Eaches, by cause."""
        return {f"oversold_{cause}": units for cause, units in self.by_cause.items()}

    def _oversold(self, fact: Fact, sku: str, units: int, since_us: int) -> None:
        due_us = self._patience.due_us(since_us)
        if fact.at_us <= due_us:
            self.by_cause["stale"] += units
            waited = due_us - since_us > self._patience.limit_us and fact.at_us > since_us + self._patience.limit_us
            self.excuse(self._patience.reason(since_us) if waited else STALE, (fact.entity, sku))
            return
        self.by_cause["published"] += units
        minutes = (fact.at_us - since_us) // 60_000_000
        message = (
            f"{fact.entity} took {units} of {sku} that nobody has: the channel had shown too many for {minutes} minutes"
        )
        self.report("published", fact, message)
