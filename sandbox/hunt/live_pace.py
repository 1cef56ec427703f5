"""How fast a finding is carried out live: so that it takes little of the wall, and once more slowly where that failed.

Time that runs fast blurs what is short: at 600 times life a minute is a tenth of a second, in which a process on a busy
machine may do nothing at all.
"""

from __future__ import annotations

from typing import Final

from sandbox.faults.atoms import PauseAtom, PlatformAtom
from sandbox.faults.plan import FaultPlan
from sandbox.runs.live_core import SPEED_MOST
from sandbox.runs.live_faults import SERVER_RETURNS_S

LOAD: Final = "I15"
"""The invariant that counts calls."""

# How long it may take, in seconds of the wall, until the failure is due: at first, and then at most.
_WANTED_S: Final = 12.0
_LONGEST_S: Final = 120.0
_SLOWER: Final = 4.0
_SLOWEST: Final = 20.0
# A standby takes so long to come up and to wait for the leases of the core that was paused.
_TAKES_OVER_S: Final = 20.0


def speeds(plan: FaultPlan, due_s: float, invariant: str) -> tuple[float, ...]:
    """The speeds to try, one after the other, for a failure that is due after so many seconds of the systems' time.

    Where calls in a minute are counted only the slow one: a machine makes so many in a second of the wall, and no more.
    """
    fast = min(_rounded(due_s / _WANTED_S), _bearable(plan))
    slow = max(_rounded(fast / _SLOWER), _rounded(due_s / _LONGEST_S))
    if invariant == LOAD:
        return (min(fast, slow),)
    return (fast, slow) if slow < fast else (fast,)


def too_short(plan: FaultPlan, speed: float) -> dict[str, str]:
    """Outages that are over before a server can be back, though time ran so slowly: theirs was another one."""
    shortest_us = round(SERVER_RETURNS_S * speed * 1_000_000)
    outages = [atom for atom in plan.atoms if isinstance(atom, PlatformAtom)]
    short = [atom for atom in outages if atom.window.until_us - atom.window.from_us < shortest_us]
    return {
        atom.id: f"no server is back after so short a time: at {speed:g} times life it was longer" for atom in short
    }


def _rounded(speed: float) -> float:
    return float(round(min(SPEED_MOST, max(_SLOWEST, speed))))


def _bearable(plan: FaultPlan) -> float:
    """As fast as somebody can take over while a core is paused."""
    pauses = [atom.for_us - atom.standby_after_us for atom in plan.atoms if isinstance(atom, PauseAtom)]
    stood_in = [for_us / 1_000_000 for for_us in pauses if for_us > 0]
    return min((_rounded(for_s / _TAKES_OVER_S) for for_s in stood_in), default=SPEED_MOST)
