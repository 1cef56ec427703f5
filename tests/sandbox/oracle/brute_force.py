"""Slow and obvious: each invariant from the full list of facts, every state worked out from scratch.

A breach is `(role, entity)`. Nothing of the oracle is used: not its timers, not its cases.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mock_systems.kit.ledger import Fact
from tests.sandbox.oracle.history import MINUTE_US

Facts = Sequence[Fact]
Outages = Mapping[str, Sequence[tuple[int, int]]]
Breaches = set[tuple[str, str]]
LIMIT_HOURS = {"order": 6, "issue": 6, "invoice": 6, "money": 6, "label": 12, "reservation": 6, "stock": 2, "stuck": 12}
LIMIT_HOURS |= {"alarm": 2, "staleness": 2, "request": 6, "progress": 6, "backorder": 6, "return": 12, "count": 24}
LIMIT_HOURS |= {"compensation": 6, "content": 6, "recovery": 2}


class Judge:
    """All facts of a run, when it ended, and who was away when (in whole minutes)."""

    def __init__(self, facts: Facts, end_us: int, outages: Outages | None = None, heal_us: int = 0) -> None:
        self.facts, self.end_us, self.outages, self.heal_us = facts, end_us, outages or {}, heal_us

    def due_us(self, what: str, since_us: int, *needs: str) -> int:
        """Count the minutes in which all that is needed was up."""
        left, at_us = LIMIT_HOURS[what] * 60, since_us
        windows = [window for system in (*needs, "core") for window in self.outages.get(system, ())]
        while left:
            if not any(from_us <= at_us < until_us for from_us, until_us in windows):
                left -= 1
            at_us += MINUTE_US
        return at_us

    def late(self, what: str, intervals: Iterator[tuple[int, int]], *needs: str) -> bool:
        """Whether something stayed hot beyond its deadline. The end of the run is `end_us`."""
        return any(self.due_us(what, from_us, *needs) < until_us for from_us, until_us in intervals)

    def while_true(self, holds: Callable[[Facts], bool]) -> Iterator[tuple[int, int]]:
        """The stretches for which `holds`, asked of all the facts so far after each one."""
        since_us = None
        for n, fact in enumerate(self.facts, start=1):
            now = holds(self.facts[:n])
            if now and since_us is None:
                since_us = fact.at_us
            elif not now and since_us is not None:
                yield since_us, fact.at_us
                since_us = None
        if since_us is not None:
            yield since_us, self.end_us

    def until(self, at_us: int) -> Facts:
        """All facts up to a moment."""
        return [fact for fact in self.facts if fact.at_us <= at_us]

    def before(self, fact: Fact) -> Facts:
        """All facts up to one, itself included."""
        return self.facts[: next(n for n, other in enumerate(self.facts, start=1) if other is fact)]

    def owed(self, what: str, since_us: int, done: Callable[[Facts], bool], order: str, *needs: str) -> bool:
        """Whether it was still not done at its deadline; an open exception of the order grants another one."""
        while True:
            due_us = self.due_us(what, since_us, *needs)
            if due_us >= self.end_us or done(self.until(due_us)):
                return False
            if not exceptions_of(self.until(due_us), order):
                return True
            since_us = due_us

    def of_order(self, order: str) -> Judge:
        """The same run as if there were this order alone."""
        mine = [fact for fact in self.facts if fact.order == order]
        return Judge(mine, self.end_us, self.outages, self.heal_us)


def of_kind(facts: Facts, *kinds: str) -> list[Fact]:
    """The facts of these kinds: `"erp invoice.posted"`."""
    wanted = {tuple(kind.split(" ")) for kind in kinds}
    return [fact for fact in facts if fact[2:4] in wanted]


def orders_of(facts: Facts) -> list[str]:
    """Every order number that any book mentions."""
    return sorted({fact.order for fact in facts if fact.order is not None})


def accepted(facts: Facts, order: str) -> Fact | None:
    """The latest acceptance of an order."""
    found = [fact for fact in of_kind(facts, "commerce order.accepted") if fact.order == order]
    return found[-1] if found else None


def agreed(facts: Facts, order: str) -> list[dict[str, Any]]:
    """The lines of an order, as accepted or as last edited."""
    told = [f for f in of_kind(facts, "commerce order.accepted", "commerce order.edited") if f.order == order]
    return list({line["line"]: line for line in told[-1].data["lines"]}.values()) if told else []


def standing(facts: Facts, order: str) -> list[str]:
    """The ERP orders of an order that are not voided."""
    numbers: list[str] = []
    for fact in facts:
        if fact.order == order and fact.system == "erp":
            if fact.kind == "sales_order.created":
                numbers.append(fact.entity)
            elif fact.kind in ("sales_order.cancelled", "sales_order.rejected") and fact.entity in numbers:
                numbers.remove(fact.entity)
    return numbers


def is_cancelled(facts: Facts, order: str) -> bool:
    return any(fact.order == order for fact in of_kind(facts, "commerce order.cancelled"))


def exceptions_of(facts: Facts, order: str | None) -> list[str]:
    """The open exceptions that name an order."""
    numbers: list[str] = []
    for fact in facts:
        if fact.order == order and fact.kind == "exception.opened" and fact.entity not in numbers:
            numbers.append(fact.entity)
        elif fact.order == order and fact.kind == "exception.closed" and fact.entity in numbers:
            numbers.remove(fact.entity)
    return numbers


def units(facts: Facts, kind: str, order: str) -> Counter[int]:
    """Eaches by line, of all documents of a kind."""
    done: Counter[int] = Counter()
    for fact in of_kind(facts, kind):
        if fact.order == order:
            for line in fact.data["lines"]:
                done[line["line"]] += line["quantity"]
    return done


def money(facts: Facts, kind: str, order: str, field: str) -> int:
    """The sum of all documents of a kind."""
    return sum(fact.data[field] for fact in of_kind(facts, kind) if fact.order == order)


def i1(judge: Judge) -> Breaches:
    """Every accepted order is in the ERP once, cancelled, or on the desk."""
    found: Breaches = set()
    for order in orders_of(judge.facts):

        def lost(facts: Facts, order: str = order) -> bool:
            if accepted(facts, order) is None or is_cancelled(facts, order) or exceptions_of(facts, order):
                return False
            return len(standing(facts, order)) != 1

        one = judge.of_order(order)
        if judge.late("order", one.while_true(lost), "commerce", "erp", "wms", "desk"):
            found.add(("accounted", order))
    return found


def i2(judge: Judge) -> Breaches:
    """No second ERP order beside one that stands."""
    return {
        ("single", fact.entity)
        for fact in of_kind(judge.facts, "erp sales_order.created")
        if fact.order is not None and len(standing(judge.before(fact), fact.order)) > 1
    }


def i4(judge: Judge) -> Breaches:
    """Not more than ordered, each under its own label, and no label is left over."""
    found: Breaches = set()
    for fact in of_kind(judge.facts, "wms outbound.shipped"):
        so_far = judge.before(fact)
        ordered = {line["line"]: line["quantity"] for line in agreed(so_far, fact.order or "")}
        shipped = units(so_far, "wms outbound.shipped", fact.order or "")
        if any(shipped[line["line"]] > ordered.get(line["line"], 0) for line in fact.data["lines"]):
            found.add(("quantity", fact.entity))
        label = fact.data["label"]
        uses = [f for f in of_kind(so_far, "wms outbound.shipped") if f.data["label"] == label]
        if not _paid(so_far, label) or len(uses) > 1:
            found.add(("label", fact.entity))
    sold = of_kind(judge.facts, "carrier label.bought")
    orders = {fact.entity: fact.order for fact in sold}
    for label, bought in Counter(fact.entity for fact in sold).items():
        if bought > 1:
            found.add(("label", label))
        needs = ("carrier", "wms", "label look-up", f"label look-up of {orders[label]}")
        if judge.late("label", judge.while_true(lambda facts, label=label: _unused(facts, label)), *needs):
            found.add(("unused", label))
    for fact in of_kind(judge.facts, "carrier label.voided"):
        if any(f.data["label"] == fact.entity for f in of_kind(judge.before(fact), "wms outbound.shipped")):
            found.add(("label", fact.entity))
    return found


def _paid(facts: Facts, label: str) -> bool:
    mine = [f.kind for f in of_kind(facts, "carrier label.bought", "carrier label.voided") if f.entity == label]
    return bool(mine) and mine[-1] == "label.bought"


def _unused(facts: Facts, label: str) -> bool:
    attached: dict[str, str] = {}
    for fact in of_kind(facts, "wms outbound.labelled", "wms outbound.cancelled"):
        attached[fact.entity] = fact.data.get("label", "")
    left = any(fact.data["label"] == label for fact in of_kind(facts, "wms outbound.shipped"))
    return _paid(facts, label) and label not in attached.values() and not left


def i6(judge: Judge) -> Breaches:
    """Invoiced and issued never ahead of shipped, in time equal, once by shipment."""
    found: Breaches = set()
    for role, kind in (("ahead", "erp invoice.posted"), ("issued", "erp goods_issue.posted")):
        for fact in of_kind(judge.facts, kind):
            so_far, order = judge.before(fact), fact.order or ""
            done, shipped = units(so_far, kind, order), units(so_far, "wms outbound.shipped", order)
            if any(done[line["line"]] > shipped[line["line"]] for line in fact.data["lines"]):
                found.add((role, fact.entity))
    by_shipment: dict[str, list[Fact]] = defaultdict(list)
    for fact in of_kind(judge.facts, "erp invoice.posted"):
        by_shipment[fact.data["shipment"]].append(fact)
    found |= {("once", fact.entity) for invoices in by_shipment.values() for fact in invoices[1:]}
    for fact in of_kind(judge.facts, "wms outbound.shipped"):
        order = fact.order or ""
        owed = units(judge.before(fact), "wms outbound.shipped", order).total()

        def invoiced(facts: Facts, order: str = order, owed: int = owed) -> bool:
            return units(facts, "erp invoice.posted", order).total() >= owed

        if judge.owed("invoice", fact.at_us, invoiced, order, "erp", "wms"):
            found.add(("owed", fact.entity))
    return found
