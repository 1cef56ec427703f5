"""I19: every effect can be traced to the order that caused it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor
from sandbox.oracle.verdict import Finding, Verdict


class Lineage(Monitor):
    """The trace of each effect is the one that its order was born with."""

    id = "I19"
    name = "Every effect has its cause"
    parts: ClassVar[Mapping[str, str]] = {"trace": "no effect carried a trace"}
    ledgers = ("commerce",)

    def prepare(self) -> None:
        self._orders: dict[str, str] = {}
        self._untraced: list[Fact] = []
        self._telling: set[str] = set()

    @on("commerce order.accepted")
    def _born(self, fact: Fact) -> None:
        if fact.trace is not None:
            self._orders[fact.trace] = fact.entity

    @on("commerce return.requested", "commerce cancellation.requested", "commerce edit.requested")
    def _asked(self, fact: Fact) -> None:
        # What a shopper asks for later may have a trace of its own.
        if fact.trace is not None and fact.order is not None:
            self._orders.setdefault(fact.trace, fact.order)

    @on(
        "commerce order.status",
        "commerce order.fulfilled",
        "commerce payment.captured",
        "commerce payment.refunded",
        "erp credit_note.posted",
        "erp goods_return.posted",
        "erp refund.posted",
        "erp sales_order.created",
        "erp goods_issue.posted",
        "erp invoice.posted",
        "erp payment.posted",
        "wms reservation.made",
        "wms outbound.received",
        "wms outbound.shipped",
        "carrier label.bought",
    )
    def _effect(self, fact: Fact) -> None:
        trace = fact[7]
        if trace is None:
            self._untraced.append(fact)
            return
        self.checks["trace"] += 1
        self._telling.add(fact[2])
        source = self._orders.get(trace)
        if source == fact[5] and source is not None:
            return
        if source is None:
            self.report("trace", fact, f"{fact.kind} {fact.entity} carries a trace that no accepted order has")
        elif fact.order is not None:
            self.report("trace", fact, f"{fact.kind} {fact.entity} of {fact.order} carries the trace of {source}")

    def settle(self, now_us: int) -> list[Finding]:
        """Effects without a trace count where a core sends traces at all."""
        if not self.checks["trace"]:
            return []
        mute = self._mute()
        return [
            self.finding("trace", f.order, f.entity, f.at_us, f"{f.kind} {f.entity} carries no trace", f)
            for f in self._untraced
            if f.system not in mute
        ]

    def verdict(self, now_us: int) -> Verdict:
        """The verdict as of now; of a foreign system whose calls nobody could tie to its documents nothing is said."""
        told = super().verdict(now_us)
        mute = tuple(f"no document of {system} could be tied to the call that made it" for system in self._mute())
        return replace(told, untried=(*told.untried, *mute)) if mute else told

    def _mute(self) -> list[str]:
        untraced = {fact.system for fact in self._untraced}
        return sorted(untraced.intersection(self.context.foreign) - self._telling)
