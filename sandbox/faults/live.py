"""Which faults of a plan real processes can be given, and why not the others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sandbox.faults.atoms import (
    Atom,
    CallAtom,
    ClockAtom,
    ContractAtom,
    CrashAtom,
    DeletionAtom,
    PauseAtom,
    PlatformAtom,
    WebhookAtom,
)
from sandbox.faults.plan import FaultPlan

_OUTAGES: Final = {"store_outage": "database", "bus_outage": "broker"}
_NO_STANDBY: Final = "its standby needs a broker that two cores can share: that takes --stack full"
_NOT_AT_WILL: Final = {
    "store_slow": "nobody can make a real database slow to commit at will",
    "store_conflicts": "a real database has conflicts where there are some, not at will",
    "store_unknown": "nobody can lose the answer to a share of a real database's commits",
    "bus_doubled": "a real broker repeats what was not acknowledged, not at will",
    "bus_delayed": "a real broker delivers at once",
    "bus_reordered": "a real broker keeps the order in which it was told",
}


_NEEDS_BOOKS: Final = ("late_index", "page_drift")


def not_live(
    plan: FaultPlan, *, own_servers: bool, own_core: bool = True, foreign: Collection[str] = ()
) -> dict[str, str]:
    """Why some atoms can't be carried out, by id. `own_servers`: there is a database and a broker to be stopped.

    Without `own_core` the core is somebody else's, and so are the systems in `foreign`, which a proxy stands before.
    """
    found = {atom.id: _not_ours(atom, own_core, foreign) or _why_not(atom, own_servers) for atom in plan.atoms}
    return {name: why for name, why in found.items() if why is not None}


def _not_ours(atom: Atom, own_core: bool, foreign: Collection[str]) -> str | None:
    if not own_core and isinstance(atom, CrashAtom | PauseAtom | ClockAtom | PlatformAtom):
        return "the core is yours, and so are its database and its broker: strike them yourself"
    if isinstance(atom, WebhookAtom | DeletionAtom) and atom.system in foreign:
        return f"the webhooks of your {atom.system} do not come this way"
    if isinstance(atom, CallAtom) and atom.system in foreign and atom.kind in _NEEDS_BOOKS:
        return f"a proxy does not know when a row of your {atom.system} has changed"
    return None


def _why_not(atom: Atom, own_servers: bool) -> str | None:
    if isinstance(atom, PauseAtom):
        stands_by = atom.standby_after_us < atom.for_us
        return _NO_STANDBY if stands_by and not own_servers else None
    if isinstance(atom, ClockAtom):
        return "all processes of this machine have one clock"
    if isinstance(atom, ContractAtom):
        return "contracts are changed in virtual time: run it without --live"
    if isinstance(atom, CrashAtom) and atom.commit is not None:
        return "nobody can cut the power at one commit of a real database"
    if not isinstance(atom, PlatformAtom):
        return None
    if atom.kind in _NOT_AT_WILL:
        return _NOT_AT_WILL[atom.kind]
    if not own_servers:
        return f"there is no {_OUTAGES[atom.kind]} to be stopped: it needs --stack full"
    if atom.share not in (None, 1.0):
        return f"a real {_OUTAGES[atom.kind]} is there or not, never for a share"
    return None
