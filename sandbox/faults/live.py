"""Which faults of a plan real processes can be given, and why not the others."""

from __future__ import annotations

from typing import Final

from sandbox.faults.atoms import Atom, ClockAtom, PlatformAtom
from sandbox.faults.plan import FaultPlan

_OUTAGES: Final = {"store_outage": "database", "bus_outage": "broker"}
_NOT_AT_WILL: Final = {
    "store_slow": "nobody can make a real database slow to commit at will",
    "store_conflicts": "a real database has conflicts where there are some, not at will",
    "store_unknown": "nobody can lose the answer to a share of a real database's commits",
    "bus_doubled": "a real broker repeats what was not acknowledged, not at will",
    "bus_delayed": "a real broker delivers at once",
    "bus_reordered": "a real broker keeps the order in which it was told",
}


def not_live(plan: FaultPlan, *, own_servers: bool) -> dict[str, str]:
    """Why some atoms can't be carried out, by id. `own_servers`: there is a database and a broker to be stopped."""
    found = {atom.id: _why_not(atom, own_servers) for atom in plan.atoms}
    return {name: why for name, why in found.items() if why is not None}


def _why_not(atom: Atom, own_servers: bool) -> str | None:
    if isinstance(atom, ClockAtom):
        return "all processes of this machine have one clock"
    if not isinstance(atom, PlatformAtom):
        return None
    if atom.kind in _NOT_AT_WILL:
        return _NOT_AT_WILL[atom.kind]
    if not own_servers:
        return f"there is no {_OUTAGES[atom.kind]} to be stopped: it needs --stack full"
    if atom.share not in (None, 1.0):
        return f"a real {_OUTAGES[atom.kind]} is there or not, never for a share"
    return None
