"""Ledgers that lie: one fact deleted, doubled, swapped, off by a cent or a unit, untraced, or under an old fence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from mock_systems.kit.ledger import Fact

FORGERIES = ("delete", "double", "swap", "cent", "unit", "trace", "zombie")


def renumbered(facts: Sequence[Fact]) -> list[Fact]:
    """The facts with numbers as if nothing were missing: a forger leaves no gap."""
    numbers: Counter[str] = Counter()
    told = []
    for fact in facts:
        numbers[fact.system] += 1
        told.append(fact._replace(seq=numbers[fact.system]))
    return told


def forge(facts: Sequence[Fact], forgery: str, at: int, other: int = 0) -> list[Fact] | None:
    """The forged facts; None where this forgery makes nothing of this fact."""
    told = list(facts)
    fact = told[at]
    if forgery == "delete":
        del told[at]
    elif forgery == "double":
        told.insert(at, fact)
    elif forgery == "swap":
        there = told[other]
        told[at], told[other] = there._replace(at_us=fact.at_us), fact._replace(at_us=there.at_us)
    elif forgery == "trace":
        told[at] = fact._replace(trace=None)
    elif forgery == "zombie":
        if fact.fence is None:
            return None
        told[at] = fact._replace(fence=fact.fence - 1)
    else:
        data = _off_by_one(fact.data, "_minor" if forgery == "cent" else "quantity")
        if data == fact.data:
            return None
        told[at] = fact._replace(data=data)
    return renumbered(told)


def _off_by_one(data: Mapping[str, Any], field: str) -> dict[str, Any]:
    """The first field with such a name, in the document or in its first line, is one more."""
    changed = dict(data)
    for name in data:
        if name.endswith(field) and isinstance(data[name], int):
            changed[name] = data[name] + 1
            return changed
    for name in ("lines", "entries"):
        if data.get(name):
            changed[name] = [_off_by_one(data[name][0], field), *data[name][1:]]
            return changed
    return changed
