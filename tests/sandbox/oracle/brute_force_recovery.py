"""Slow and obvious, for recovery: I16, as far as facts tell it."""

from __future__ import annotations

from mock_systems.kit.ledger import Fact
from tests.sandbox.oracle.brute_force import (
    Breaches,
    Facts,
    Judge,
    accepted,
    exceptions_of,
    is_cancelled,
    of_kind,
    orders_of,
    standing,
)

HOUR_US = 3_600_000_000
Work = tuple[str, int, int | None]
"""Order, since when it waited, until when (None: it still does)."""


def i16(judge: Judge) -> Breaches:
    """Two hours after the heal the backlog is done, and new work is done in an hour."""
    if not judge.heal_us:
        return set()
    from_us = judge.due_us("recovery", judge.heal_us)
    if judge.end_us < from_us:
        return set()
    found: Breaches = set()
    old = late = 0
    for kind in ("order", "shipment", "invoice"):
        work = _work(judge.facts, kind)
        for order, since_us, until_us in work:
            if since_us < judge.heal_us and (until_us is None or until_us >= judge.heal_us):
                surfaced = until_us is None and bool(exceptions_of(judge.facts, order))
                old += not surfaced
                late += not surfaced and (until_us is None or until_us > from_us)
        new = [each for each in work if each[1] >= from_us and _counts(judge, each)]
        in_time = sum(until_us is not None and until_us - since_us <= HOUR_US for _, since_us, until_us in new)
        if len(new) >= 20 and 100 * in_time < 95 * len(new):
            found.add(("goodput", kind))
    return found | ({("drained", "backlog")} if 100 * late > 5 * old else set())


def _counts(judge: Judge, work: Work) -> bool:
    order, since_us, until_us = work
    return until_us is not None or (since_us < judge.end_us - HOUR_US and not exceptions_of(judge.facts, order))


def _work(facts: Facts, kind: str) -> list[Work]:
    work: list[Work] = []
    for order in orders_of(facts):
        waiting: list[int] = []
        mine = [fact for fact in facts if fact.order == order]
        for n, fact in enumerate(mine, start=1):
            if _ends(fact, mine[:n], kind, order) and waiting:
                work.append((order, waiting.pop(0), fact.at_us))
            if _begins(fact, mine[:n], kind, order):
                waiting.append(fact.at_us)
        # Of what still waits, each order is looked at once: by its oldest piece.
        work += [(order, since_us, None) for since_us in waiting[:1]]
    return work


def _begins(fact: Fact, so_far: Facts, kind: str, order: str) -> bool:
    if kind == "invoice":
        taken = accepted(so_far, order)
        return fact.kind == "invoice.posted" and taken is not None and taken.data["payment"] == "card"
    return fact.kind == {"order": "order.accepted", "shipment": "outbound.shipped"}[kind]


def _ends(fact: Fact, so_far: Facts, kind: str, order: str) -> bool:
    if kind == "shipment":
        return fact.kind == "invoice.posted"
    if kind == "invoice":
        return fact.kind == "payment.captured"
    if fact not in of_kind(so_far, "erp sales_order.created", "commerce order.cancelled", "desk exception.opened"):
        return False
    return len(standing(so_far, order)) == 1 or is_cancelled(so_far, order) or bool(exceptions_of(so_far, order))
