"""Stories: of all facts, those that tell what happened around a finding or to an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mock_systems.kit.ledger import Fact
from sandbox.oracle.verdict import FactRef, Finding

# Fields by which a fact names another system's thing.
_LINKS: Final = (
    "sales_order",
    "shipment",
    "reservation",
    "reference",
    "label",
    "tracking",
    "invoice",
    "document",
    "outbound_orders",
)

_BEFORE_US: Final = 12 * 3_600_000_000
"""How far back the story of a thing that belongs to no order goes."""


def story_of_order(facts: Iterable[Fact], order: str) -> list[Fact]:
    """One order's life across all systems: its own facts, and those that name its documents, parcels and labels."""
    told = list(facts)
    own = [fact for fact in told if fact.order == order]
    names = {fact.entity for fact in own} - {fact.entity for fact in own if fact.kind == "stock.moved"}
    for fact in own:
        if fact.kind != "stock.moved":
            names.update(_named(fact.data))
    return [fact for fact in told if fact.order == order or (fact.order is None and _belongs(fact, names))]


def story(facts: Iterable[Fact], finding: Finding) -> list[Fact]:
    """The facts that tell a finding: its evidence, its orders' lives, and what touched its thing shortly before."""
    told: Sequence[Fact] = list(facts)
    evidence = set(finding.evidence)
    names = {finding.entity}
    from_us = finding.at_us - _BEFORE_US
    orders = {fact.order for fact in told if FactRef(fact.system, fact.seq) in evidence} | {finding.order}
    lives = {
        FactRef(fact.system, fact.seq)
        for order in sorted(order for order in orders if order is not None)
        for fact in story_of_order(told, order)
    }
    wanted = evidence | lives
    return [
        fact
        for fact in told
        if FactRef(fact.system, fact.seq) in wanted
        or (from_us <= fact.at_us <= finding.at_us and _touches(fact, names))
    ]


def _belongs(fact: Fact, names: set[str]) -> bool:
    return fact.entity in names or not names.isdisjoint(_named(fact.data))


def _touches(fact: Fact, names: set[str]) -> bool:
    if fact.entity in names or not names.isdisjoint(_named(fact.data)):
        return True
    data = fact.data
    if "sku" in data:
        return data["sku"] in names
    return any(line.get("sku") in names for line in data.get("lines", ()))


def _named(data: Mapping[str, Any]) -> list[str]:
    names: list[str] = []
    for field in _LINKS:
        value = data.get(field)
        if isinstance(value, str):
            names.append(value)
        elif isinstance(value, list):
            names.extend(value)
    return names
