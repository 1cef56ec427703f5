"""I4: nothing is shipped twice, and no paid label is left over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.context import label_look_up
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor
from sandbox.oracle.timers import Deadline


class NoDoubleShipment(Monitor):
    """No line is shipped beyond the order; a parcel leaves under its own label; unused labels are voided in time."""

    id = "I4"
    name = "Nothing is shipped twice"
    parts: ClassVar[Mapping[str, str]] = {"quantity": "nothing was shipped", "label": "no label was bought"}
    ledgers = ("commerce", "wms", "carrier")

    def prepare(self) -> None:
        self._bought: dict[str, Fact] = {}
        self._unvoided: set[str] = set()
        self._attached: dict[str, str] = {}
        self._left_under: dict[str, Fact] = {}
        self._unused = self._deadline()
        self._unused_of: dict[str, Deadline] = {}

    @on("carrier label.bought")
    def _label_bought(self, fact: Fact) -> None:
        label = fact.entity
        self.checks["label"] += 1
        if label in self._bought:
            self.report("label", fact, f"label {label} was sold twice", self._bought[label])
        self._bought[label] = fact
        self._unvoided.add(label)
        self._owed(label).heat(label, fact.at_us)

    @on("carrier label.voided")
    def _label_voided(self, fact: Fact) -> None:
        label = fact.entity
        self._unvoided.discard(label)
        self._owed(label).cool(label)
        if label in self._left_under:
            self.report("label", fact, f"label {label} was voided, but its parcel has left", self._left_under[label])

    @on("wms outbound.labelled")
    def _labelled(self, fact: Fact) -> None:
        label = fact.data["label"]
        before = self._attached.get(fact.entity)
        self._attached[fact.entity] = label
        self._owed(label).cool(label)
        if before is not None and before != label:
            self._free(before, fact.at_us)

    @on("wms outbound.cancelled")
    def _outbound_cancelled(self, fact: Fact) -> None:
        label = self._attached.pop(fact.entity, None)
        if label is not None:
            self._free(label, fact.at_us)

    @on("wms outbound.shipped")
    def _shipped(self, fact: Fact) -> None:
        checks = self.checks
        case = self.cases.of(fact)
        for line in fact.data["lines"]:
            checks["quantity"] += 1
            number = line["line"]
            ordered = case.lines[number]["quantity"] if number in case.lines else 0
            if (shipped := case.shipped[number]) > ordered:
                message = f"{fact.order} line {number}: {shipped} of {line['sku']} shipped, {ordered} ordered"
                self.report("quantity", fact, message, case.accepted)
        self._check_label(fact, fact.data["label"])

    def _check_label(self, fact: Fact, label: str | None) -> None:
        self.checks["label"] += 1
        if label is None:
            self.report("label", fact, f"{fact.entity} left without a label")
            return
        if label not in self._unvoided:
            state = "is voided" if label in self._bought else "was never bought"
            self.report("label", fact, f"{fact.entity} left under label {label}, which {state}")
        earlier = self._left_under.setdefault(label, fact)
        if earlier is not fact:
            message = f"{fact.entity} left under label {label}, which {earlier.entity} has used"
            self.report("label", fact, message, earlier)

    def _free(self, label: str, at_us: int) -> None:
        if label in self._unvoided and label not in self._left_under:
            self._owed(label).heat(label, at_us)

    def _owed(self, label: str) -> Deadline:
        """The deadline of this label: its order's own where a fault keeps just that order's from being looked up."""
        bought = self._bought.get(label)
        order = None if bought is None else bought.order
        if order is None or label_look_up(order) not in self.context.outages:
            return self._unused
        own = self._unused_of.get(order)
        if own is None:
            own = self._unused_of[order] = self._deadline(label_look_up(order))
        return own

    def _deadline(self, *look_ups: str) -> Deadline:
        # Whoever can't read what was sold before must neither use a label nor give one back.
        limit_us = self.context.deadlines.label_us
        return self.deadline(limit_us, self._late, "carrier", "wms", label_look_up(), *look_ups)

    def _late(self, label: str, since_us: int, due_us: int) -> None:
        if label in self._left_under or label in self._attached.values():
            return
        bought = self._bought[label]
        data = bought.data
        message = f"label {label} for {data['reference']} was paid, not used and not voided: {data['cost_minor']} lost"
        self.findings.append(self.finding("unused", bought.order, label, due_us, message, bought))
