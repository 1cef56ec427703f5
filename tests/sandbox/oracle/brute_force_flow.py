"""Slow and obvious, for the flow of work: I12 and I18."""

from __future__ import annotations

from collections.abc import Callable

from mock_systems.kit.ledger import Fact
from tests.sandbox.oracle.brute_force import Breaches, Facts, Judge, is_cancelled, of_kind, standing, units

FENCED = (
    *("order.status", "order.fulfilled", "order.edited", "order.cancelled", "payment.captured", "payment.refunded"),
    *("sales_order.created", "sales_order.changed", "sales_order.cancelled", "goods_issue.posted", "invoice.posted"),
    *("goods_return.posted", "credit_note.posted", "payment.posted", "refund.posted", "reservation.made"),
    *("reservation.released", "outbound.received", "outbound.labelled", "outbound.cancelled", "label.bought"),
    "label.voided",
)


def i12(judge: Judge) -> Breaches:
    """What has begun is followed by the next step, stage by stage."""
    found: Breaches = set()
    asked = ("commerce", "erp", "wms", "carrier", "bus")
    for role, begins, ends, limit, needs in (
        ("entered", "commerce order.accepted", _entered, "order", ("commerce", "erp", "wms", "desk")),
        ("released", "wms reservation.made", _released, "progress", ("wms", "erp", "commerce")),
        ("labelled", "wms outbound.packed", _labelled, "progress", ("wms", "carrier")),
        ("told", "wms outbound.shipped", _told, "progress", ("commerce", "wms", "bus")),
        ("answered", "commerce cancellation.requested", _answered, "request", asked),
        ("answered", "commerce edit.requested", _answered, "request", asked),
    ):
        for fact in of_kind(judge.facts, begins):
            if _is_late(judge, fact, ends(judge, fact), role, limit, needs):
                found.add((role, fact.entity))
    return found


Ends = Callable[[Facts], bool]


def _is_late(judge: Judge, fact: Fact, done: Ends, role: str, limit: str, needs: tuple[str, ...]) -> bool:
    order = fact.order or ""
    if done(judge.before(fact)) and role == "told":
        return False

    def over(facts: Facts) -> bool:
        later = [f for f in facts if judge.facts.index(f) >= judge.facts.index(fact)]
        return done(later if role != "told" else facts) or (role != "told" and is_cancelled(facts, order))

    since_us = fact.at_us
    while True:
        due_us = judge.due_us(limit, since_us, *needs)
        if due_us >= judge.end_us or over(judge.until(due_us)):
            return False
        if not _is_surfaced(judge.until(due_us), fact) and not (
            role == "released" and _held(judge.until(due_us), order)
        ):
            return True
        since_us = due_us


def _is_surfaced(facts: Facts, fact: Fact) -> bool:
    open_now: dict[str, bool] = {}
    for f in facts:
        if f.kind == "exception.opened" and (f.order == fact.order or f.data["subject"] == fact.entity):
            open_now[f.entity] = True
        elif f.kind == "exception.closed":
            open_now.pop(f.entity, None)
    return bool(open_now)


def _held(facts: Facts, order: str) -> bool:
    mine = [f for f in facts if f.order == order]
    held = {f.entity for f in of_kind(mine, "erp sales_order.created") if f.data["status"] == "on_hold"}
    held -= {f.entity for f in of_kind(mine, "erp sales_order.released")}
    return bool(held.intersection(standing(facts, order)))


def _entered(judge: Judge, fact: Fact) -> Ends:
    return lambda facts: any(f.order == fact.entity for f in of_kind(facts, "erp sales_order.created"))


def _released(judge: Judge, fact: Fact) -> Ends:
    def done(facts: Facts) -> bool:
        freed = any(f.entity == fact.entity for f in of_kind(facts, "wms reservation.released"))
        return freed or any(f.data["reservation"] == fact.entity for f in of_kind(facts, "wms outbound.received"))

    return done


def _labelled(judge: Judge, fact: Fact) -> Ends:
    return lambda facts: any(
        f.entity == fact.entity for f in of_kind(facts, "wms outbound.labelled", "wms outbound.cancelled")
    )


def _told(judge: Judge, fact: Fact) -> Ends:
    order = fact.order or ""
    owed = units(judge.before(fact), "wms outbound.shipped", order).total()
    return lambda facts: units(facts, "commerce order.fulfilled", order).total() >= owed


def _answered(judge: Judge, fact: Fact) -> Ends:
    def done(facts: Facts) -> bool:
        refused = of_kind(facts, "commerce cancellation.refused", "commerce edit.refused")
        granted = any(f.data["edit"] == fact.entity for f in of_kind(facts, "commerce order.edited"))
        return granted or any(f.entity == fact.entity for f in refused)

    return done


def i18(judge: Judge) -> Breaches:
    """Each fence against all that were seen for the order before."""
    found: Breaches = set()
    for n, fact in enumerate(judge.facts):
        if fact.fence is None or fact.order is None or fact.kind not in FENCED:
            continue
        before = [
            f.fence for f in judge.facts[:n] if f.order == fact.order and f.kind in FENCED and f.fence is not None
        ]
        if before and fact.fence < max(before):
            found.add(("fence", fact.entity))
    return found
