"""What the oracle is told of a run before it listens: when systems were meant to be away, when all was healed."""

from __future__ import annotations

from sandbox.faults.atoms import CallAtom, CrashAtom, PauseAtom, PlatformAtom
from sandbox.faults.plan import FaultPlan
from sandbox.oracle.context import CORE, Context, Window
from sandbox.runs.scenario import Scenario

_UNUSABLE = ("outage", "error", "throttle", "lost_request", "lost_reply")


def context_of(plan: FaultPlan, scenario: Scenario, restart_us: int = 0) -> Context:
    """The oracle's context: a system whose every call was made to fail counts as away.

    `restart_us` is what it takes the core to be at work again once it is started, or its database.
    """
    start_us = scenario.start_us
    restarts = any(isinstance(atom, CrashAtom | PauseAtom | PlatformAtom) for atom in plan.atoms)
    away: dict[str, list[Window]] = {}
    for atom in plan.atoms:
        if isinstance(atom, CallAtom) and _all_calls_fail(atom):
            window = (start_us + atom.window.from_us, start_us + atom.window.until_us)
            away.setdefault(atom.system, []).append(window)
        elif isinstance(atom, CrashAtom) and atom.at_us is not None:
            crashed_us = start_us + atom.at_us
            away.setdefault(CORE, []).append((crashed_us, crashed_us + atom.down_for_us + restart_us))
        elif isinstance(atom, PauseAtom):
            paused_us = start_us + atom.at_us
            away.setdefault(CORE, []).append((paused_us, paused_us + atom.for_us + restart_us))
        elif isinstance(atom, PlatformAtom) and atom.kind == "store_outage":
            until_us = start_us + atom.window.until_us + restart_us
            away.setdefault(CORE, []).append((start_us + atom.window.from_us, until_us))
    return Context(
        heal_us=start_us + plan.heal_us + (restart_us if restarts else 0) if plan.atoms else 0,
        outages=away,
        deadlines=scenario.deadlines,
        safety_stock=scenario.design.inventory.safety_stock,
    )


def _all_calls_fail(atom: CallAtom) -> bool:
    whole = atom.operation is None and atom.order is None and atom.occurrence is None
    return whole and atom.kind in _UNUSABLE and atom.share in (None, 1.0)
