"""Allocation: which site ships what. One commercial order may become several shipments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.core.model.order import OrderLine

SiteLines = dict[str, list[tuple[int, str, int]]]


def allocate(
    lines: Sequence[OrderLine], available: Mapping[str, Mapping[str, int]]
) -> tuple[SiteLines, list[tuple[int, str, int]]]:
    """Lines by site, and what the sites together don't hold.

    `available` maps sku -> site -> eaches. As few sites as can be: the site that covers most of what is still open
    takes all that it can, until nothing is open. Ties go to the site whose code sorts first.
    """
    open_lines = [(line.line, line.sku, line.quantity) for line in lines]
    left = {sku: dict(available.get(sku, {})) for _, sku, _ in open_lines}
    plan: SiteLines = {}
    while open_lines:
        site = _best_site(open_lines, left)
        if site is None:
            break
        taken = plan.setdefault(site, [])
        open_lines = _take(site, open_lines, left, taken)
    return plan, open_lines


def _best_site(open_lines: Sequence[tuple[int, str, int]], left: Mapping[str, Mapping[str, int]]) -> str | None:
    wanted: dict[str, int] = {}
    for _, sku, quantity in open_lines:
        wanted[sku] = wanted.get(sku, 0) + quantity
    covered: dict[str, int] = {}
    for sku, quantity in wanted.items():
        for site, stock in left[sku].items():
            if stock > 0:
                covered[site] = covered.get(site, 0) + min(stock, quantity)
    if not covered:
        return None
    return min(covered, key=lambda site: (-covered[site], site))


def _take(
    site: str,
    open_lines: Sequence[tuple[int, str, int]],
    left: Mapping[str, dict[str, int]],
    taken: list[tuple[int, str, int]],
) -> list[tuple[int, str, int]]:
    still_open = []
    for line, sku, quantity in open_lines:
        part = min(quantity, max(0, left[sku].get(site, 0)))
        if part:
            left[sku][site] -= part
            taken.append((line, sku, part))
        if part < quantity:
            still_open.append((line, sku, quantity - part))
    return still_open
