"""Slow and obvious, for changes of mind: I3, I5, I14 and I17."""

from __future__ import annotations

from typing import Any

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
)
from tests.sandbox.oracle.brute_force_stock import free_and_needed, open_reservations, told_and_true


def i3(judge: Judge) -> Breaches:
    """At each acceptance: what is short, and since when the shop had shown too many."""
    found: Breaches = set()
    for fact in of_kind(judge.facts, "commerce order.accepted"):
        so_far = judge.before(fact)
        for at, line in enumerate(fact.data["lines"], start=1):
            partly = [*so_far[:-1], fact._replace(data={**fact.data, "lines": fact.data["lines"][:at]})]
            free, needed = free_and_needed(partly, line["sku"])
            if needed <= free:
                continue
            since_us = _too_many_since(so_far[:-1], line["sku"], fact.at_us)
            if judge.due_us("staleness", since_us, "commerce", "wms") < fact.at_us:
                found.add(("published", fact.entity))
    return found


def _too_many_since(facts: Facts, sku: str, now_us: int) -> int:
    since_us = None
    for n, fact in enumerate(facts, start=1):
        told, true = told_and_true(facts[:n], sku)
        if told is None or told <= true:
            since_us = None
        elif since_us is None:
            since_us = fact.at_us
    return now_us if since_us is None else since_us


def i5(judge: Judge) -> Breaches:
    """No parcel leaves that was cancelled; who asked in vain is told."""
    found: Breaches = set()
    for fact in of_kind(judge.facts, "wms outbound.shipped"):
        so_far = judge.before(fact)
        recalled = any(f.entity == fact.entity for f in of_kind(so_far, "wms outbound.cancelled"))
        if recalled or any(f.entity == fact.order for f in of_kind(so_far, "commerce order.cancelled")):
            found.add(("shipped", fact.entity))
    for fact in of_kind(judge.facts, "wms outbound.cancel_refused"):
        order = fact.order or ""
        for request in of_kind(judge.before(fact), "commerce cancellation.requested"):
            number = request.entity

            def told(facts: Facts, number: str = number, order: str = order) -> bool:
                refused = any(f.entity == number for f in of_kind(facts, "commerce cancellation.refused"))
                return refused or is_cancelled(facts, order)

            waits = request.order == order and not told(judge.before(fact))
            if waits and judge.owed("request", fact.at_us, told, order, "commerce", "wms", "bus"):
                found.add(("told", number))
    return found


def i14(judge: Judge) -> Breaches:
    """Six hours after the last change of an order, and again while an exception is open, nothing is left over."""
    found: Breaches = set()
    for order in orders_of(judge.facts):
        mine = judge.of_order(order)
        since_us: int | None = None
        for n, fact in enumerate(mine.facts):
            changes = fact.kind in ("order.cancelled", "order.edited") and fact.system == "commerce"
            effect = fact.kind in ("sales_order.created", "reservation.made", "outbound.received", "label.bought")
            if not (changes or (effect and since_us is not None)):
                continue
            since_us = fact.at_us
            next_us = next((f.at_us for f in mine.facts[n + 1 :] if f.kind in _CHANGING), None)
            if role := _left_over_at_its_time(mine, order, since_us, next_us):
                found.add((role, order))
    return found


_CHANGING = (
    *("order.cancelled", "order.edited", "sales_order.created", "reservation.made", "outbound.received"),
    "label.bought",
)


def _left_over_at_its_time(mine: Judge, order: str, since_us: int, next_us: int | None) -> str | None:
    while True:
        due_us = mine.due_us("compensation", since_us, "commerce", "erp", "wms", "carrier")
        if due_us >= mine.end_us or (next_us is not None and next_us <= due_us):
            return None
        facts = mine.until(due_us)
        if not _left_over(facts, order):
            return None
        if not exceptions_of(facts, order):
            return "cancelled" if is_cancelled(facts, order) else "edited"
        since_us = due_us


def _left_over(facts: Facts, order: str) -> bool:
    if not is_cancelled(facts, order):
        return _too_much(facts, order)
    shipped = of_kind(facts, "wms outbound.shipped")
    sent = {f.entity for f in of_kind(facts, "wms outbound.received")}
    sent -= {f.entity for f in of_kind(facts, "wms outbound.cancelled")} | {f.entity for f in shipped}
    labels = {f.entity for f in of_kind(facts, "carrier label.bought")}
    labels -= {f.entity for f in of_kind(facts, "carrier label.voided")} | {f.data["label"] for f in shipped}
    stands = bool(standing(facts, order)) and not any(line["quantity"] for f in shipped for line in f.data["lines"])
    return stands or bool(sent or labels or open_reservations(facts)) or _authorised(facts) > _captured(facts, order)


def _too_much(facts: Facts, order: str) -> bool:
    asked = agreed(facts, order)
    for sku in {line["sku"] for line in asked} | {
        line["sku"] for f in of_kind(facts, "wms reservation.made") for line in f.data["lines"]
    }:
        wanted = sum(line["quantity"] for line in asked if line["sku"] == sku)
        kept = 0
        for fact in of_kind(facts, "wms reservation.made", "wms reservation.released", "wms short_pick.reported"):
            sign = 1 if fact.kind == "reservation.made" else -1
            kept += sign * sum(line["quantity"] for line in fact.data["lines"] if line["sku"] == sku)
        if kept > wanted and sku in {line["sku"] for line in _ever_agreed(facts)}:
            return True
    first = accepted(facts, order)
    if first is None or first.data["payment"] != "card":
        return False
    return _authorised(facts) > max(_total(facts, order), _captured(facts, order))


def _ever_agreed(facts: Facts) -> list[dict[str, Any]]:
    return [
        line for f in of_kind(facts, "commerce order.accepted", "commerce order.edited") for line in f.data["lines"]
    ]


def _total(facts: Facts, order: str) -> int:
    told = [f for f in of_kind(facts, "commerce order.accepted", "commerce order.edited") if f.order == order]
    return int(told[-1].data["total_minor"])


def _authorised(facts: Facts) -> int:
    authorised = taken = 0
    for fact in facts:
        if fact.kind == "payment.authorised":
            authorised += fact.data["amount_minor"]
        elif fact.kind == "payment.reduced":
            authorised -= fact.data["amount_minor"]
        elif fact.kind == "payment.captured":
            taken += fact.data["amount_minor"]
        elif fact.kind == "payment.voided":
            authorised = taken
    return authorised


def _captured(facts: Facts, order: str) -> int:
    return money(facts, "commerce payment.captured", order, "amount_minor")


def i17(judge: Judge) -> Breaches:
    """The ERP's order is the channel's in time; parcels go where they should; the channel is told what left."""
    found: Breaches = set()
    for order in orders_of(judge.facts):
        mine = judge.of_order(order)
        entries = of_kind(mine.facts, "erp sales_order.created", "erp sales_order.changed")
        if not entries:
            continue

        def apart(facts: Facts, order: str = order) -> bool:
            return not _same(facts, order)

        for from_us, until_us in mine.while_true(apart):
            if _owed_until(mine, from_us, until_us, order):
                last = [f for f in entries if f.at_us <= until_us][-1]
                found.add(("order", last.entity))
    return found | _parcels(judge)


def _owed_until(mine: Judge, since_us: int, until_us: int, order: str) -> bool:
    while True:
        due_us = mine.due_us("content", since_us, "commerce", "erp", "wms")
        if due_us >= until_us:
            return False
        if not exceptions_of(mine.until(due_us), order):
            return True
        since_us = due_us


def _same(facts: Facts, order: str) -> bool:
    entries = of_kind(facts, "erp sales_order.created", "erp sales_order.changed")
    first = accepted(facts, order)
    if not entries or first is None or is_cancelled(facts, order) or not standing(facts, order):
        return True
    entered = entries[-1].data
    goods = [(line["line"], line["sku"], line["quantity"], line["price_minor"]) for line in entered["lines"]]
    asked = [(line["line"], line["sku"], line["quantity"], line["price_minor"]) for line in agreed(facts, order)]
    same = sorted(goods) == sorted(asked) and entered["total_minor"] == _total(facts, order)
    currency = entered.get("currency", first.data["currency"]) == first.data["currency"]
    return same and currency and entered["ship_to"] == _address(facts, order)


def _address(facts: Facts, order: str) -> Any:
    told = [f for f in of_kind(facts, "commerce order.accepted", "commerce order.edited") if f.order == order]
    return told[-1].data["ship_to"] if told else None


def _parcels(judge: Judge) -> Breaches:
    found: Breaches = set()
    for fact in of_kind(judge.facts, "wms outbound.shipped"):
        so_far = judge.before(fact)
        left_before = sum(f.entity == fact.entity for f in of_kind(so_far, "wms outbound.shipped"))
        released = [f for f in of_kind(so_far, "wms outbound.received") if f.entity == fact.entity]
        first_time = left_before == 1 or _released_again(so_far, fact)
        known = released and first_time and accepted(so_far, fact.order or "") is not None
        if known and released[-1].data["ship_to"] != _address(so_far, fact.order or ""):
            found.add(("address", fact.entity))
    for fact in of_kind(judge.facts, "commerce order.fulfilled"):
        so_far = judge.before(fact)
        tracking = fact.data["tracking"]
        left = [f for f in of_kind(so_far, "wms outbound.shipped") if f.data["tracking"] == tracking]
        tellings = [f for f in of_kind(so_far, "commerce order.fulfilled") if f.data["tracking"] == tracking]
        if not left or _goods(left[-1]) != _goods(fact) or len(tellings) > 1:
            found.add(("parcel", fact.entity))
    return found


def _released_again(facts: Facts, shipped: Fact) -> bool:
    before = [f for f in facts if f.entity == shipped.entity and f.kind in ("outbound.received", "outbound.shipped")]
    return len(before) > 1 and before[-2].kind == "outbound.received"


def _goods(fact: Fact) -> list[tuple[int, str, int]]:
    return sorted((line["line"], line["sku"], line["quantity"]) for line in fact.data["lines"])
