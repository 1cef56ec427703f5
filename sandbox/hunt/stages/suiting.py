"""Which site of a class suits a fault: sites that are alike in name are not alike in what comes after them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from sandbox.faults.atoms import Atom, CallAtom
from sandbox.hunt.outcome import Site

TURNS: Final = 3
_DELAYS: Final = ("store_slow", "bus_delayed", "webhook_delayed", "slow")


def site_for(atom: Atom, sites: Sequence[Site], turn: int) -> Site | None:
    """The site at which such a fault is tried in this turn, from 0; None where all that suit it were tried."""
    last, middle = len(sites) - 1, len(sites) // 2
    if sites[0].order is None:
        places = [middle, last, 0]  # what comes round has most to find in the middle of the day
    elif atom.kind in _DELAYS:
        places = [_crowded(sites), last, 0]  # it matters where another one overtakes
    elif isinstance(atom, CallAtom) and atom.occurrence is None:
        places = [0, middle, last]  # it takes time until it is seen what was not done
    else:
        places = [last, 0, middle]  # until a fault strikes, trials share one run: a late one costs the least
    several = list(dict.fromkeys(places))
    return sites[several[turn]] if turn < len(several) else None


def _crowded(sites: Sequence[Site]) -> int:
    """The place of the one that another order's follows the soonest."""
    gaps = [
        (after.at_us - before.at_us, place)
        for place, (before, after) in enumerate(pairwise(sites))
        if before.order != after.order
    ]
    return min(gaps)[1] if gaps else len(sites) - 1
