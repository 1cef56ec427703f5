"""I12: nothing stands still before a step that can be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any, ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import RELEASE
from sandbox.oracle.dispatch import on
from sandbox.oracle.invariants.backorders import Backorders
from sandbox.oracle.invariants.stages import STAGES
from sandbox.oracle.invariants.standing_still import StandingStill
from sandbox.oracle.monitor import OPEN_EXCEPTION, Monitor
from sandbox.oracle.timers import Deadline, Debt
from sandbox.oracle.verdict import Finding


class Progress(Monitor):
    """Each state that asks for a step of the core's turns cold in time, from when the step became possible."""

    id = "I12"
    name = "Work goes on"
    parts: ClassVar[Mapping[str, str]] = {role: stage.untried for role, stage in STAGES.items() if stage.always}
    flows: ClassVar[Mapping[str, str]] = {role: stage.untried for role, stage in STAGES.items() if not stage.always}
    ledgers = ("commerce", "erp", "wms")

    def prepare(self) -> None:
        limits = self.context.deadlines
        self._due: dict[str, Deadline] = {
            role: self.deadline(getattr(limits, stage.limit), partial(self._late, role), *stage.needs)
            for role, stage in STAGES.items()
        }
        self._since: dict[str, dict[Any, Fact]] = {role: {} for role in STAGES}
        self._told = Debt(self._due["told"])
        self._told_units: dict[str, int] = {}
        self._backorders = Backorders(
            self.cases, partial(self._waits, "backordered"), partial(self._done, "backordered")
        )
        self.cases.availability.compared.append(self._backorders.look)
        self._left_lying: list[Finding] = []
        self._granted: Counter[str] = Counter()
        self._standing = StandingStill(self.context, self.cases, self._agenda, self._granted, self._stands_still)

    def _waits(self, role: str, key: Hashable, fact: Fact, at_us: int | None = None) -> None:
        since = self._since[role]
        if key not in since:
            self.checks[role] += 1
            since[key] = fact
            self._due[role].heat(key, fact.at_us if at_us is None else at_us)

    def _done(self, role: str, key: Hashable) -> None:
        if self._since[role].pop(key, None) is not None:
            self._due[role].cool(key)

    @on("commerce order.accepted")
    def _accepted(self, fact: Fact) -> None:
        self._waits("entered", fact.entity, fact)
        self._standing.watch(fact)

    @on("erp sales_order.created")
    def _entered(self, fact: Fact) -> None:
        self._done("entered", fact.order)

    @on("commerce order.cancelled")
    def _cancelled(self, fact: Fact) -> None:
        self._done("entered", fact.entity)
        self._backorders.over(fact.entity)
        for request, asked in list(self._since["answered"].items()):
            if asked.order == fact.entity:
                self._done("answered", request)

    @on("wms reservation.made")
    def _reserved(self, fact: Fact) -> None:
        self._waits("released", fact.entity, fact)

    @on("wms reservation.released")
    def _unreserved(self, fact: Fact) -> None:
        self._done("released", fact.entity)

    @on("wms outbound.received")
    def _released(self, fact: Fact) -> None:
        self._done("released", fact.data["reservation"])

    @on("wms outbound.packed")
    def _packed(self, fact: Fact) -> None:
        self._waits("labelled", fact.entity, fact)

    @on("wms outbound.labelled", "wms outbound.cancelled")
    def _labelled(self, fact: Fact) -> None:
        self._done("labelled", fact.entity)

    @on("wms outbound.shipped")
    def _shipped(self, fact: Fact) -> None:
        case = self.cases.of(fact)
        self.checks["told"] += 1
        self._since["told"][case.order, case.shipped_units] = fact
        self._told.owe(case.order, case.shipped_units, fact.at_us)
        self._told.pay(case.order, self._told_units.get(case.order, 0))

    @on("commerce order.fulfilled")
    def _fulfilled(self, fact: Fact) -> None:
        order = fact.order or ""
        units = self._told_units.get(order, 0) + sum([line["quantity"] for line in fact.data["lines"]])
        self._told_units[order] = units
        self._told.pay(order, units)

    @on("commerce cancellation.requested", "commerce edit.requested")
    def _asked(self, fact: Fact) -> None:
        self._waits("answered", fact.entity, fact)

    @on("commerce cancellation.refused", "commerce edit.refused")
    def _refused(self, fact: Fact) -> None:
        self._done("answered", fact.entity)

    @on("commerce order.edited")
    def _edited(self, fact: Fact) -> None:
        if fact.data["edit"] is not None:
            self._done("answered", fact.data["edit"])
        self._backorders.changed(fact)

    @on("commerce order.status")
    def _status(self, fact: Fact) -> None:
        if fact.data["status"] == "backordered":
            self._backorders.told(fact)

    @on("wms return.received")
    def _came_back(self, fact: Fact) -> None:
        rma = fact.data["rma"]
        self._waits("credited", rma, fact)
        self._waits("taken_back", rma, fact)

    @on("erp credit_note.posted")
    def _credited(self, fact: Fact) -> None:
        self._done("credited", fact.data["return"])
        if self.cases.of(fact).card:
            self._waits("refunded", fact.entity, fact)

    @on("erp goods_return.posted")
    def _taken_back(self, fact: Fact) -> None:
        self._done("taken_back", fact.data["return"])

    @on("commerce payment.refunded")
    def _refunded(self, fact: Fact) -> None:
        self._done("refunded", fact.data["reference"])

    @on("erp asn.sent")
    def _ship_notice(self, fact: Fact) -> None:
        self._waits("announced", fact.entity, fact)

    @on("wms inbound.announced")
    def _announced(self, fact: Fact) -> None:
        self._done("announced", fact.data["asn"])

    @on("wms inbound.received")
    def _goods_came(self, fact: Fact) -> None:
        if any(line["quantity"] for line in fact.data["lines"]):  # else nothing came that could be posted
            self._waits("posted", fact.entity, fact)

    @on("erp goods_receipt.posted")
    def _receipt(self, fact: Fact) -> None:
        self._done("posted", fact.data["receipt"])

    @on("wms count.recorded")
    def _counted(self, fact: Fact) -> None:
        self._waits("approved", fact.entity, fact)

    @on("wms count.approved", "wms count.rejected")
    def _count_decided(self, fact: Fact) -> None:
        self._done("approved", fact.entity)

    @on("desk exception.decided")
    def _decided(self, fact: Fact) -> None:
        self._waits("carried_out", fact.entity, fact)

    @on("desk exception.closed")
    def _closed(self, fact: Fact) -> None:
        self._done("carried_out", fact.entity)

    def settle(self, now_us: int) -> list[Finding]:
        """Orders that were never released in full. Where there is a desk, I10 judges whether people know of them."""
        return [] if self._has_desk else list(self._left_lying)

    @property
    def _has_desk(self) -> bool:
        return "desk" in self.context.ledgers

    def _excused(self) -> dict[str, int]:
        excused = Counter(super()._excused())
        if not self._has_desk:
            excused.update({reason: count for reason, count in self._granted.items() if count > 0})
        return dict(sorted(excused.items()))

    def _stands_still(self, order: str, step: str, due_us: int) -> None:
        # The other steps have deadlines of their own, here or in I6 and I7.
        if step == RELEASE:
            message = f"{order} stands still: not all of it was released to the warehouses"
            accepted = self.cases.by_order[order].accepted
            self._left_lying.append(self.finding("standing", order, order, due_us, message, accepted))

    def _late(self, role: str, key: Any, since_us: int, due_us: int) -> int | None:
        fact = self._since[role][key]
        case = self.cases.of(fact)
        if fact.order is not None and case.cancelled_us is not None and STAGES[role].ends_with_order:
            return None
        if role == "released" and case.held:
            return due_us
        if role != "carried_out" and self.is_surfaced(fact.order, str(key), fact.entity, *_about(fact)):
            self.excuse(OPEN_EXCEPTION, (role, key))
            return due_us
        entity = key[0] if isinstance(key, tuple) else key
        message = STAGES[role].late.format(entity=fact.entity, order=fact.order, key=entity)
        self.findings.append(self.finding(role, fact.order, fact.entity, due_us, message, fact))
        return None


def _about(fact: Fact) -> tuple[str, ...]:
    """Other names under which an exception may tell of the same thing."""
    told = fact.data
    return tuple(str(told[name]) for name in ("rma", "asn", "purchase_order", "return", "sku") if name in told)
