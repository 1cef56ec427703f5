"""Changes of plan: oversales, backorders, short picks, requests of shoppers, deliveries and counts."""

from __future__ import annotations

from collections import Counter

from mock_systems.kit.ledger import Fact
from sandbox.oracle.cases import Cases
from sandbox.oracle.dispatch import Watcher, on
from sandbox.oracle.figures.figure import HOUR_US, Figure, share, spread


class ChangeFigures(Watcher):
    """Counts what did not go as it was ordered."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self._counts: Counter[str] = Counter()
        self._backordered: dict[str, int] = {}
        self._waited_us: list[int] = []
        cases.availability.oversold.append(self._oversell)

    def _oversell(self, fact: Fact, sku: str, units: int, since_us: int) -> None:
        self._counts["oversold"] += units

    @on("commerce order.status")
    def _backorder(self, fact: Fact) -> None:
        order = fact.entity
        if fact.data["status"] != "backordered" or order in self._backordered:
            return
        case = self._cases.by_order[order]
        self._backordered[order] = fact.at_us
        self._counts["backordered"] += max(0, case.ordered_units - case.released_units)

    @on("wms outbound.received")
    def _release(self, fact: Fact) -> None:
        if not self._backordered:
            return
        case = self._cases.of(fact)
        if case.released_units >= case.ordered_units:
            since_us = self._backordered.pop(case.order, None)
            if since_us is not None:
                self._waited_us.append(fact.at_us - since_us)

    @on("wms short_pick.reported")
    def _short(self, fact: Fact) -> None:
        self._counts["short"] += sum([line["quantity"] for line in fact.data["lines"]])

    @on("commerce cancellation.requested", "commerce edit.requested")
    def _ask(self, fact: Fact) -> None:
        self._counts["asked"] += 1

    @on("commerce cancellation.refused", "commerce edit.refused")
    def _refuse(self, fact: Fact) -> None:
        self._counts["refused"] += 1

    @on("wms inbound.received")
    def _receive(self, fact: Fact) -> None:
        self._counts["received"] += sum([line["quantity"] for line in fact.data["lines"]])

    @on("wms count.recorded")
    def _count(self, fact: Fact) -> None:
        self._counts["counted"] += 1
        self._counts["differing"] += fact.data["counted"] != fact.data["book"]

    def figures(self) -> list[Figure]:
        """What was changed, and how long it took."""
        counts, asked = self._counts, self._counts["asked"]
        return [
            Figure(
                "oversold units", counts["oversold"], "units", "sold although nobody had them, whoever was to blame"
            ),
            Figure("backordered units", counts["backordered"], "units", "that orders had to wait for"),
            *spread(
                "backorder to release", self._waited_us, "h", HOUR_US, "told to wait until all was released", (50, 95)
            ),
            Figure("short picked units", counts["short"], "units", "that pickers did not find"),
            Figure("changes asked for", asked, "requests", "of shoppers, to cancel or to edit"),
            Figure("changes refused", counts["refused"], "requests", "came too late, or could not be done"),
            Figure("changes refused share", share(counts["refused"], asked), "%", "refused of asked for", asked),
            Figure("received units", counts["received"], "units", "delivered by suppliers and put away"),
            Figure("counts", counts["counted"], "counts", "of an item at a site"),
            Figure(
                "counts that differed", counts["differing"], "counts", "the shelf held something else than the book"
            ),
        ]
