"""A finding with all orders of its day: what takes luck comes about among many sooner than among few."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from sandbox.hunt.finding import Finding, write_finding
from sandbox.hunt.replaying import beginning_anew
from sandbox.hunt.shrinking.orders import order_of


async def with_all_orders(finding: Finding) -> Finding | None:
    """The finding with all orders of its day; None where it has them, or does not come about with them in virtual time.

    So it is, too, where a fault names an order: it would be another one. Carried out in an interpreter of its own,
    meanwhile others may go on. Raises ReplayFailed.
    """
    if finding.trial.orders is None or any(order_of(atom) is not None for atom in finding.trial.atoms):
        return None
    crowded = replace(finding, trial=replace(finding.trial, orders=None))
    with tempfile.TemporaryDirectory(prefix="sandbox-whole-day-") as folder:
        repetition = await asyncio.to_thread(beginning_anew, write_finding(Path(folder), crowded))
    first_us = repetition.first_us(finding.invariant, finding.role)
    return None if first_us is None else replace(crowded, at_us=first_us)
