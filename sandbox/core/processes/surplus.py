"""The surplus of a delivery: what came beyond what its purchase order may bring, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandbox.core.model.supply import SupplyLine


def split(lines: Iterable[SupplyLine], surplus: Mapping[int, int] | None) -> tuple[list[SupplyLine], list[SupplyLine]]:
    """What is covered of these lines, and what is too much; `surplus` by line number in eaches, None: all of it."""
    covered: list[SupplyLine] = []
    over: list[SupplyLine] = []
    for line, sku, quantity in lines:
        # Earlier deliveries may have brought too much already: no more than all of it is too much.
        most = quantity if surplus is None else min(quantity, surplus.get(line, 0))
        if quantity > most:
            covered.append((line, sku, quantity - most))
        if most:
            over.append((line, sku, most))
    return covered, over


def together(some: Iterable[SupplyLine], others: Iterable[SupplyLine]) -> list[SupplyLine]:
    """Both as one list, each line once, in the order of the lines."""
    totals: dict[tuple[int, str], int] = {}
    for line, sku, quantity in (*some, *others):
        totals[line, sku] = totals.get((line, sku), 0) + quantity
    return [(line, sku, quantity) for (line, sku), quantity in sorted(totals.items())]
