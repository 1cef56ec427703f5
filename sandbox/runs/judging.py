"""What the oracle is told of a run before it listens: when systems were meant to be away, when all was healed."""

from __future__ import annotations

from sandbox.faults.atoms import Atom, CallAtom, CrashAtom, PauseAtom, PlatformAtom
from sandbox.faults.plan import FaultPlan
from sandbox.oracle.context import BUS, CORE, Context, Window, label_look_up
from sandbox.runs.scenario import Scenario

_UNUSABLE = ("outage", "error", "throttle", "lost_request", "lost_reply")
_FINDS_LABELS = "findLabels"
# A label has no items that nobody could know.
_SPOILS_LABELS = ("unreadable", "unknown_status")


def context_of(plan: FaultPlan, scenario: Scenario, restart_us: int = 0) -> Context:
    """The oracle's context: a system whose every call was made to fail counts as away.

    So does the core's bus where its design tells by events, and the carrier's look-up of labels where rows of it were
    made unreadable. `restart_us` is what it takes the core to be at work again once it is started, or its database or
    its broker.
    """
    start_us = scenario.start_us
    restarts = any(isinstance(atom, CrashAtom | PauseAtom | PlatformAtom) for atom in plan.atoms)
    by_event = scenario.design.flows.milestones.pattern == "event"
    outages: dict[str, list[Window]] = {}
    for atom in plan.atoms:
        away = _of_call(atom) if isinstance(atom, CallAtom) else _of_core(atom, restart_us)
        if away is not None and (away[0] != BUS or by_event):
            name, (from_us, until_us) = away
            outages.setdefault(name, []).append((start_us + from_us, start_us + until_us))
    return Context(
        heal_us=start_us + plan.heal_us + (restart_us if restarts else 0) if plan.atoms else 0,
        outages=outages,
        deadlines=scenario.deadlines,
        safety_stock=scenario.design.inventory.safety_stock,
    )


def _of_call(atom: CallAtom) -> tuple[str, Window] | None:
    """What can't be used because of this fault, and when, since the start of the run."""
    window = (atom.window.from_us, atom.window.until_us)
    if _all_calls_fail(atom):
        return atom.system, window
    return (label_look_up(atom.order), window) if _labels_are_unreadable(atom) else None


def _of_core(atom: Atom, restart_us: int) -> tuple[str, Window] | None:
    """When the core, or its bus, is away because of this fault, since the start of the run."""
    if isinstance(atom, CrashAtom) and atom.at_us is not None:
        return CORE, (atom.at_us, atom.at_us + atom.down_for_us + restart_us)
    if isinstance(atom, PauseAtom):
        return CORE, (atom.at_us, atom.at_us + atom.for_us + restart_us)
    if isinstance(atom, PlatformAtom) and atom.kind in ("store_outage", "bus_outage") and atom.share in (None, 1.0):
        name = CORE if atom.kind == "store_outage" else BUS
        return name, (atom.window.from_us, atom.window.until_us + restart_us)
    return None


def _all_calls_fail(atom: CallAtom) -> bool:
    whole = atom.operation is None and atom.order is None and atom.occurrence is None
    return whole and atom.kind in _UNUSABLE and atom.share in (None, 1.0)


def _labels_are_unreadable(atom: CallAtom) -> bool:
    """Whether a label may stay unreadable: a share takes the same rows each time, the n-th look-up is one alone."""
    looks_up = atom.system == "carrier" and atom.operation in (None, _FINDS_LABELS) and atom.occurrence is None
    return looks_up and atom.kind == "poisoned_rows" and atom.poison in _SPOILS_LABELS
