"""Slow and obvious, for the rest: exceptions, the order of things, identity and lineage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from mock_systems.kit.ledger import Fact
from tests.sandbox.oracle.brute_force import (
    Breaches,
    Facts,
    Judge,
    accepted,
    agreed,
    exceptions_of,
    is_cancelled,
    money,
    of_kind,
    orders_of,
    standing,
    units,
)

RANKS = ["received", "accepted", "allocated", "released", "partially_shipped", "shipped", "invoiced", "delivered"]
SCANS = ["in_transit", "out_for_delivery", "delivered"]
EFFECTS = (
    "commerce order.status",
    "commerce order.fulfilled",
    "commerce payment.captured",
    "erp sales_order.created",
    "erp goods_issue.posted",
    "erp invoice.posted",
    "erp payment.posted",
    "wms reservation.made",
    "wms outbound.received",
    "wms outbound.shipped",
    "carrier label.bought",
)


def i10(judge: Judge) -> Breaches:
    """Nobody stands still in silence; no false alarm; no two alarms about one thing."""
    found: Breaches = set()
    for order in orders_of(judge.facts):
        mine = judge.of_order(order)
        if _stands_still(mine, order):
            found.add(("stuck", order))
        for fact in of_kind(mine.facts, "desk exception.opened"):
            number = fact.entity

            def needless(facts: Facts, number: str = number, order: str = order) -> bool:
                return number in exceptions_of(facts, order) and _ended_well(facts, order)

            if judge.late("alarm", mine.while_true(needless), "commerce", "erp", "wms", "desk"):
                found.add(("false_alarm", number))
    subjects = sorted({(f.order or "", f.data["subject"]) for f in of_kind(judge.facts, "desk exception.opened")})
    for order, subject in subjects:

        def two(facts: Facts, order: str = order, subject: str = subject) -> bool:
            about = {f.entity for f in of_kind(facts, "desk exception.opened") if f.data["subject"] == subject}
            return len(about.intersection(exceptions_of(facts, order or None))) > 1

        if judge.late("alarm", judge.while_true(two), "desk"):
            found.add(("twice", subject))
    return found


def _stands_still(mine: Judge, order: str) -> bool:
    effects = [f for f in mine.facts if f.kind in _PROGRESS]
    for n, fact in enumerate(effects, start=1):
        until_us = effects[n].at_us if n < len(effects) else mine.end_us
        waits = _waits_for_core(effects[:n], order) and not exceptions_of(effects[:n], order)
        needs = (
            "commerce",
            "erp",
            "wms",
            "carrier",
            "desk",
            *(("bus",) if _awaits_release(effects[:n], order) else ()),
        )
        due_us = mine.due_us("stuck", fact.at_us, *needs)
        if waits and due_us < until_us:
            return True
    return False


_PROGRESS = {
    *("order.accepted", "order.cancelled", "payment.captured", "sales_order.created", "sales_order.released"),
    *("sales_order.rejected", "sales_order.cancelled", "invoice.posted", "outbound.received", "outbound.cancelled"),
    *("outbound.packed", "outbound.labelled", "outbound.shipped", "exception.opened", "exception.closed"),
}


def _awaits_release(facts: Facts, order: str) -> bool:
    numbers = standing(facts, order)
    held = {f.entity for f in of_kind(facts, "erp sales_order.created") if f.data["status"] == "on_hold"}
    held -= {f.entity for f in of_kind(facts, "erp sales_order.released")}
    ordered = sum(line["quantity"] for line in agreed(facts, order))
    released = units(facts, "wms outbound.received", order).total()
    return bool(numbers) and released < ordered and not held.intersection(numbers)


def _waits_for_core(facts: Facts, order: str) -> bool:
    taken = accepted(facts, order)
    if taken is None or is_cancelled(facts, order):
        return False
    numbers = standing(facts, order)
    if not numbers:
        return True
    if _awaits_release(facts, order):
        return True
    packed = [f.entity for f in of_kind(facts, "wms outbound.packed")]
    labelled = [f.entity for f in of_kind(facts, "wms outbound.labelled")]
    if any(number not in labelled for number in packed):
        return True
    if units(facts, "erp invoice.posted", order).total() < units(facts, "wms outbound.shipped", order).total():
        return True
    return taken.data["payment"] == "card" and _captured(facts, order) < _invoiced(facts, order)


def _ended_well(facts: Facts, order: str) -> bool:
    taken = accepted(facts, order)
    if taken is None:
        return False
    shipped = units(facts, "wms outbound.shipped", order).total()
    if shipped < sum(line["quantity"] for line in agreed(facts, order)):
        return False
    whole = shipped == units(facts, "erp invoice.posted", order).total()
    return whole and (taken.data["payment"] != "card" or _captured(facts, order) == _invoiced(facts, order))


def _captured(facts: Facts, order: str) -> int:
    return money(facts, "commerce payment.captured", order, "amount_minor")


def _invoiced(facts: Facts, order: str) -> int:
    return money(facts, "erp invoice.posted", order, "total_minor")


def i11(judge: Judge) -> Breaches:
    """Each telling compared with the one before it."""
    found: Breaches = set()
    for before, after in _pairs(of_kind(judge.facts, "commerce order.status")):
        if not _may_follow(before.data["status"], after.data["status"]):
            found.add(("status", after.entity))
        if after.data["version"] <= before.data["version"]:
            found.add(("version", after.entity))
    for before, after in _pairs(of_kind(judge.facts, "commerce stock.published")):
        if after.data["version"] <= before.data["version"]:
            found.add(("stock", after.entity))
    for before, after in _pairs(of_kind(judge.facts, "carrier parcel.scanned")):
        back = SCANS.index(after.data["status"]) < SCANS.index(before.data["status"])
        if back or after.data["sequence"] <= before.data["sequence"]:
            found.add(("tracking", after.entity))
    return found


def _pairs(facts: list[Fact]) -> Iterator[tuple[Fact, Fact]]:
    for entity in sorted({fact.entity for fact in facts}):
        mine = [fact for fact in facts if fact.entity == entity]
        yield from pairwise(mine)


def _may_follow(before: str, after: str) -> bool:
    before, after = ("accepted" if status == "on_hold" else status for status in (before, after))
    if after == "rejected":
        return before != "rejected" and RANKS.index(before) <= RANKS.index("released")
    return before != "rejected" and RANKS.index(after) >= RANKS.index(before)


def i13(judge: Judge) -> Breaches:
    """Numbers given once, leading to one order, and the same content."""
    found: Breaches = set()
    for role, *kinds in (
        ("sales_order", "commerce order.accepted"),
        ("sales_order", "erp sales_order.created"),
        ("outbound", "wms reservation.made"),
        ("outbound", "wms outbound.received"),
        ("label", "carrier label.bought"),
        ("invoice", "erp invoice.posted"),
        ("invoice", "erp goods_issue.posted"),
        ("payment", "commerce payment.captured"),
        ("payment", "erp payment.posted"),
    ):
        counted = Counter(fact.entity for fact in of_kind(judge.facts, *kinds))
        found |= {(role, entity) for entity, count in counted.items() if count > 1}
    for fact in judge.facts:
        found |= _content(judge, fact) | _links(judge, fact)
    return found


def _content(judge: Judge, fact: Fact) -> Breaches:
    order = accepted(judge.before(fact), fact.order or "")
    if fact.kind == "sales_order.created":
        if order is None:
            return {("sales_order", fact.entity)}
        same = _goods(fact) == _goods(order) and fact.data["currency"] == order.data["currency"]
        customers = {order.data["customer"]} | ({"C-CASH"} if order.data["customer"] is None else set())
        return set() if same and fact.data["customer"] in customers else {("content", fact.entity)}
    if fact.kind in ("reservation.made", "outbound.received"):
        items = {(line["line"], line["sku"]) for line in order.data["lines"]} if order else set()
        asked = {(line["line"], line["sku"]) for line in fact.data["lines"]}
        return set() if asked <= items else {("content", fact.entity)}
    return set()


def _goods(fact: Fact) -> list[tuple[int, str, int]]:
    return sorted((line["line"], line["sku"], line["quantity"]) for line in fact.data["lines"])


_LINKS = {
    "outbound.received": ("outbound", "reservation", "wms reservation.made"),
    "outbound.labelled": ("label", "label", "carrier label.bought"),
    "goods_issue.posted": ("invoice", "sales_order", "erp sales_order.created"),
    "invoice.posted": ("invoice", "sales_order", "erp sales_order.created"),
    "payment.captured": ("payment", "reference", "erp invoice.posted"),
    "payment.posted": ("payment", "invoice", "erp invoice.posted"),
}


def _links(judge: Judge, fact: Fact) -> Breaches:
    so_far = judge.before(fact)
    found: Breaches = set()
    if fact.kind in _LINKS:
        role, field, kind = _LINKS[fact.kind]
        meant = [f for f in of_kind(so_far, kind) if f.entity == fact.data[field]]
        if not meant or meant[0].order not in (fact.order, None):
            found.add((role, fact.entity))
    if fact.kind in ("invoice.posted", "goods_issue.posted"):
        sharing = of_kind(so_far, "erp invoice.posted", "erp goods_issue.posted")
        if any(f.order != fact.order for f in sharing if f.data["shipment"] == fact.data["shipment"]):
            found.add(("invoice", fact.entity))
    if fact.kind == "label.bought":
        bought = of_kind(so_far, "carrier label.bought")
        for field in ("reference", "tracking"):
            if any(f.order != fact.order for f in bought if f.data[field] == fact.data[field]):
                found.add(("label", fact.entity))
    for kind, field, role in (
        ("outbound.received", "reservation", "outbound"),
        ("outbound.labelled", "label", "label"),
    ):
        if fact.kind == kind:
            gone = {f.entity for f in of_kind(so_far, "wms outbound.cancelled")} if role == "outbound" else set()
            others = {f.entity for f in of_kind(so_far, f"wms {kind}") if f.data[field] == fact.data[field]} - gone
            if others - {fact.entity}:
                found.add((role, fact.entity))
    return found


def i19(judge: Judge) -> Breaches:
    """The trace of each effect is that of its order."""
    effects = of_kind(judge.facts, *EFFECTS)
    if not any(fact.trace for fact in effects):
        return set()
    found: Breaches = set()
    for fact in effects:
        births = [f for f in of_kind(judge.before(fact), "commerce order.accepted") if f.trace == fact.trace]
        if fact.trace is None or not births or births[-1].entity != (fact.order or births[-1].entity):
            found.add(("trace", fact.entity))
    return found
