"""Slow and obvious, for stock: I8 and I9."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mock_systems.kit.ledger import Fact
from tests.sandbox.oracle.brute_force import Breaches, Facts, Judge, accepted, agreed, is_cancelled, of_kind, units


def i8(judge: Judge) -> Breaches:
    """Stock adds up, reservations have owners, the ERP follows."""
    shelves = sorted(
        {(f.data["site"], f.data["sku"]) for f in of_kind(judge.facts, "wms stock.opened", "wms stock.moved")}
    )
    found = _reservation_ends(judge) | _owners(judge) | _issues(judge)
    for site, sku in shelves:
        found |= _shelf(judge, site, sku) | _followed(judge, site, sku)
    return found


def _shelf(judge: Judge, site: str, sku: str) -> Breaches:
    """Each move follows from what the one before left."""
    found: Breaches = set()
    on_hand = reserved = sequence = moved_out = shipped = 0
    for fact in judge.facts:
        data = fact.data
        if fact.system == "wms" and fact.kind == "stock.opened" and (data["site"], data["sku"]) == (site, sku):
            on_hand += data["quantity"]
        elif fact.kind in ("reservation.made", "reservation.released") and data["site"] == site:
            kept = sum(line["quantity"] for line in data["lines"] if line["sku"] == sku)
            reserved += kept if fact.kind == "reservation.made" else -kept
        elif fact.kind == "outbound.shipped" and data["site"] == site:
            shipped += sum(line["quantity"] for line in data["lines"] if line["sku"] == sku)
        elif fact.kind == "stock.moved" and (data["site"], data["sku"]) == (site, sku):
            out = -data["quantity"] if data["reason"] == "ship" else 0
            on_hand, reserved, sequence, moved_out = (
                on_hand + data["quantity"],
                reserved - out,
                sequence + 1,
                moved_out + out,
            )
            if (on_hand, sequence) != (data["on_hand"], data["sequence"]) or on_hand < 0:
                found.add(("on_hand", fact.entity))
            if reserved != data["reserved"]:
                found.add(("reserved", fact.entity))
            on_hand, reserved, sequence = data["on_hand"], data["reserved"], data["sequence"]
    if moved_out != shipped:
        found.add(("on_hand", f"{site}/{sku}"))
    made = [f for f in open_reservations(judge.facts).values() if f.data["site"] == site]
    if reserved != sum(line["quantity"] for f in made for line in f.data["lines"] if line["sku"] == sku):
        found.add(("reserved", f"{site}/{sku}"))
    return found


def _followed(judge: Judge, site: str, sku: str) -> Breaches:
    """What moved for another reason than a shipment reaches the ERP's stock in time."""

    def apart(facts: Facts) -> bool:
        moves = [f.data for f in of_kind(facts, "wms stock.moved") if f.data["reason"] != "ship"]
        posted = [f.data for f in of_kind(facts, "erp stock_adjustment.posted")]
        here, there = (
            sum(told["quantity"] for told in all_told if (told["site"], told["sku"]) == (site, sku))
            for all_told in (moves, posted)
        )
        return here != there

    return {("erp", f"{site}/{sku}")} if judge.late("issue", judge.while_true(apart), "erp", "wms") else set()


def open_reservations(facts: Facts) -> dict[str, Fact]:
    """Those made and neither released nor consumed."""
    found: dict[str, Fact] = {}
    for fact in facts:
        if fact.kind == "reservation.made":
            found.setdefault(fact.entity, fact)
        elif fact.kind == "reservation.released":
            found.pop(fact.entity, None)
        elif fact.kind == "outbound.shipped":
            found.pop(fact.data["reservation"], None)
    return found


def _reservation_ends(judge: Judge) -> Breaches:
    found: Breaches = set()
    for n, fact in enumerate(judge.facts):
        were_open = open_reservations(judge.facts[:n])
        made_again = fact.kind == "reservation.made" and fact.entity in were_open
        released = fact.kind == "reservation.released" and fact.entity not in were_open
        consumed = fact.kind == "outbound.shipped" and fact.data["reservation"] not in were_open
        if made_again or released or consumed:
            found.add(("reserved", fact.entity))
    return found


def _owners(judge: Judge) -> Breaches:
    found: Breaches = set()
    for made in of_kind(judge.facts, "wms reservation.made"):
        order = made.order or ""

        def orphaned(facts: Facts, number: str = made.entity, order: str = order) -> bool:
            return number in open_reservations(facts) and not _lives(facts, order)

        if judge.late("reservation", judge.while_true(orphaned), "commerce", "wms"):
            found.add(("owner", made.entity))
    return found


def _lives(facts: Facts, order: str) -> bool:
    taken = accepted(facts, order)
    if taken is None or is_cancelled(facts, order):
        return False
    ordered = sum(line["quantity"] for line in agreed(facts, order))
    return units(facts, "wms outbound.shipped", order).total() < ordered


def _issues(judge: Judge) -> Breaches:
    """By order, site and item: what was shipped is issued in time, and nothing else is."""
    found: Breaches = set()
    changes: dict[tuple[str, str, str], list[tuple[Fact, int]]] = defaultdict(list)
    for fact in of_kind(judge.facts, "wms outbound.shipped", "erp goods_issue.posted"):
        for line in fact.data["lines"]:
            sign = 1 if fact.system == "wms" else -1
            changes[fact.order or "", fact.data["site"], line["sku"]].append((fact, sign * line["quantity"]))
    for (order, site, sku), told in changes.items():
        left, since_us = 0, 0
        for at, (fact, change) in enumerate(told):
            before, left = left, left + change
            if left < 0:
                found.add(("issues", fact.entity))
                left = 0
            if left > 0 and before <= 0:
                since_us = fact.at_us
                zero = _first_zero(left, told[at + 1 :])

                def done(facts: Facts, zero: Fact | None = zero) -> bool:
                    return zero is not None and zero in facts

                if judge.owed("issue", since_us, done, order, "erp", "wms"):
                    found.add(("issues", f"{site}/{sku}"))
    return found


def _first_zero(left: int, told: list[tuple[Fact, int]]) -> Fact | None:
    for fact, change in told:
        left += change
        if left <= 0:
            return fact
    return None


def i9(judge: Judge) -> Breaches:
    """Told and true stock of each item, after each fact."""
    skus = sorted({f.entity for f in of_kind(judge.facts, "commerce item.listed", "commerce stock.published")})

    def apart(sku: str) -> Iterator[tuple[int, int]]:
        for from_us, until_us in judge.while_true(lambda facts: _told(facts, sku) not in (None, _true(facts, sku))):
            yield max(from_us, judge.heal_us), until_us

    return {("published", sku) for sku in skus if judge.late("stock", apart(sku), "commerce", "wms")}


def told_and_true(facts: Facts, sku: str) -> tuple[int | None, int]:
    """What the channel sells of an item (None: it does not), and what can be promised. Neither is below zero."""
    return _told(facts, sku), _true(facts, sku)


def _told(facts: Facts, sku: str) -> int | None:
    told: int | None = None
    watermark = 0
    cancelled: set[str] = set()
    for n, fact in enumerate(facts):
        if fact.kind == "item.listed" and fact.entity == sku:
            told = told or 0
        elif fact.kind == "stock.published" and fact.entity == sku:
            told, watermark = fact.data["available"], fact.data["watermark"]
        elif fact.kind == "order.accepted" and fact.data["seq"] > watermark:
            told = (told or 0) - _quantity(fact.data["lines"], sku)
        elif fact.kind == "order.cancelled" and fact.entity not in cancelled:
            order = accepted(facts[:n], fact.entity)
            if order is not None:
                cancelled.add(fact.entity)
                sold = _quantity(agreed(facts[:n], fact.entity), sku)
                told = (told or 0) + (sold if order.data["seq"] > watermark else 0)
        elif fact.kind == "order.edited" and fact.entity not in cancelled:
            order = accepted(facts[:n], fact.entity)
            if order is not None and order.data["seq"] > watermark:
                change = _quantity(fact.data["lines"], sku) - _quantity(agreed(facts[:n], fact.entity), sku)
                told = (told or 0) - change
    return None if told is None else max(0, told)


def _true(facts: Facts, sku: str) -> int:
    free, needed = free_and_needed(facts, sku)
    return max(0, free - needed)


def free_and_needed(facts: Facts, sku: str) -> tuple[int, int]:
    """What lies unreserved on all shelves, and what open orders ask for beyond what is reserved for them."""
    stock = of_kind(facts, "wms stock.opened") + [
        f for f in of_kind(facts, "wms stock.moved") if f.data["reason"] != "ship"
    ]
    free = sum(fact.data["quantity"] for fact in stock if fact.data["sku"] == sku) - _blocked(facts, sku)
    covered: Counter[str] = Counter()
    for fact in of_kind(facts, "wms reservation.made", "wms reservation.released", "wms short_pick.reported"):
        quantity = _quantity(fact.data["lines"], sku)
        covered[fact.order or ""] += quantity if fact.kind == "reservation.made" else -quantity
    free -= covered.total()
    asked: Counter[str] = Counter()
    cancelled: set[str] = set()
    for n, fact in enumerate(facts):
        if fact.kind == "order.accepted":
            asked[fact.entity] += _quantity(fact.data["lines"], sku)
        elif fact.kind == "order.edited" and accepted(facts[:n], fact.entity) is not None:
            asked[fact.entity] += _quantity(fact.data["lines"], sku) - _quantity(agreed(facts[:n], fact.entity), sku)
        elif fact.kind == "order.cancelled" and accepted(facts[:n], fact.entity) is not None:
            cancelled.add(fact.entity)  # what is not accepted yet can't be cancelled
    open_orders = [order for order in asked if order not in cancelled]
    return free, sum(max(0, asked[order] - covered[order]) for order in open_orders)


def _blocked(facts: Facts, sku: str) -> int:
    """What counters did not find, as long as nobody has decided about their counts."""
    blocked: dict[str, int] = {}
    for fact in facts:
        if fact.kind == "count.recorded" and fact.data["sku"] == sku:
            blocked[fact.entity] = max(0, fact.data["book"] - fact.data["counted"])
        elif fact.kind in ("count.approved", "count.rejected"):
            blocked.pop(fact.entity, None)
    return sum(blocked.values())


def _quantity(lines: Iterable[Mapping[str, Any]], sku: str) -> int:
    return sum(line["quantity"] for line in lines if line["sku"] == sku)
