"""Targets of a few orders, so that a trial takes some hundredths of a second."""

from __future__ import annotations

from pathlib import Path

from sandbox.faults.atoms import Atom, CallAtom, CrashAtom, PlatformAtom, WebhookAtom, Window
from sandbox.hunt.target import Target
from sandbox.hunt.trial import Trial

HOUR = 3_600_000_000
FEW = {"demand": {"orders_per_day": 14}}
SMALL = Target("hunting_day", overrides=FEW, until="shipped")
CANARY = Target("hunting_day", f"{Path(__file__).with_name('canary.py')}:core", overrides=FEW, until="shipped")


def window(hour: int) -> Window:
    """From an hour on, to the end of the day."""
    return Window(hour * HOUR, 24 * HOUR)


def some_trials() -> list[Trial]:
    """Faults of each sort, at several hours."""
    atoms: list[Atom] = []
    for hour in (8, 10, 12):
        when = window(hour)
        call = CallAtom(id="F1", kind="lost_reply", system="erp", occurrence=4, window=when)
        commit = PlatformAtom(id="F1", kind="store_unknown", occurrence=3, happened=False, window=when)
        crash = CrashAtom(
            id="F1", down_for_us=10_000_000, commit="inbox+signals", occurrence=1, moment="before", window=when
        )
        webhook = WebhookAtom(id="F1", kind="webhook_lost", system="wms", occurrence=2, window=when)
        atoms += [call, commit, crash, webhook]
    return [Trial(atoms=(atom,)) for atom in atoms]
