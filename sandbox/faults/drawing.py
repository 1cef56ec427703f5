"""Draw atoms from a seed, in the swarm's way: a random choice of kinds first, then atoms of those kinds alone.

A plan that leaves kinds out reaches states that a plan with a little of everything never does.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from sandbox.faults.atoms import (
    CONFLICTS_MOST,
    CORE_CLOCK,
    CORE_CRASH,
    CORE_PAUSE,
    DEMAND_SPIKE,
    PLATFORM_KINDS,
    READ_KINDS,
    WEBHOOK_KINDS,
    WEBHOOKS_DELETED,
    Atom,
    CallAtom,
    ClockAtom,
    CrashAtom,
    DeletionAtom,
    PauseAtom,
    PlatformAtom,
    SpikeAtom,
    WebhookAtom,
    Window,
)
from sandbox.faults.landscape import Landscape

_MINUTE_US, _SECOND_US = 60_000_000, 1_000_000
_LENGTHS_MIN = (5, 10, 15, 30, 60, 90, 120, 180, 240)
_SHARES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_STATUSES = (500, 502, 503, 504)
_POISONS = ("unreadable", "unknown_item", "unknown_status")
# Commits come late within the shortest bound that systems publish, reads are no staler.
_LATE_S = (5, 30, 90)


def draw(names: Sequence[str], kinds: Sequence[str], landscape: Landscape, span_us: int, rng: Random) -> list[Atom]:
    """One atom for each name, of a random choice of `kinds`, inside `span_us`; the same draws for the same `rng`."""
    possible = sorted(set(kinds))
    chosen = [kind for kind in possible if rng.random() < 0.5] or [rng.choice(possible)]
    return [_draw_one(name, rng.choice(chosen), landscape, span_us, rng) for name in names]


def _draw_one(name: str, kind: str, landscape: Landscape, span_us: int, rng: Random) -> Atom:
    if kind == CORE_CRASH:
        return _crash(name, landscape, span_us, rng)
    if kind == WEBHOOKS_DELETED:
        system = rng.choice([system for system in sorted(landscape) if landscape[system].topics])
        at_us = rng.randint(0, max(0, span_us // _SECOND_US - 1)) * _SECOND_US
        return DeletionAtom(id=name, system=system, at_us=at_us, window=Window(0, span_us))
    if kind == CORE_PAUSE:
        at_us = rng.randint(0, max(0, span_us // _SECOND_US - 1)) * _SECOND_US
        for_us = rng.choice((20, 120, 420, 900)) * _SECOND_US
        return PauseAtom(id=name, at_us=at_us, for_us=for_us, window=Window(0, span_us))
    window = _window(span_us, rng)
    if kind == CORE_CLOCK:
        offset_us = rng.choice((-300, -60, 60, 300)) * _SECOND_US
        return ClockAtom(
            id=name, window=window, offset_us=offset_us, drift_us=rng.choice((0, 0, -600, 600)) * _SECOND_US
        )
    if kind == DEMAND_SPIKE:
        return SpikeAtom(id=name, window=window, factor=float(rng.choice((2, 3, 5, 8))))
    if kind in WEBHOOK_KINDS:
        return _of_webhooks(name, kind, landscape, window, rng)
    if kind in PLATFORM_KINDS:
        return _of_platform(name, kind, window, rng)
    return _of_calls(name, kind, landscape, window, rng)


def _window(span_us: int, rng: Random) -> Window:
    minutes = max(1, span_us // _MINUTE_US)
    length = min(rng.choice(_LENGTHS_MIN), minutes)
    begins = rng.randint(0, minutes - length)
    return Window(begins * _MINUTE_US, min((begins + length) * _MINUTE_US, span_us))


def _of_calls(name: str, kind: str, landscape: Landscape, window: Window, rng: Random) -> Atom:
    system = rng.choice(sorted(landscape))
    if kind == "outage":
        return CallAtom(id=name, kind=kind, system=system, window=window)
    narrowed = rng.random() < 0.5 and kind not in READ_KINDS
    operation = rng.choice(sorted(landscape[system].operations)) if narrowed else None
    share = rng.choice(_SHARES)
    more = _parameters(kind, rng)
    return CallAtom(id=name, kind=kind, system=system, window=window, operation=operation, share=share, **more)


def _parameters(kind: str, rng: Random) -> dict[str, Any]:
    if kind == "slow":
        return {"delay_us": rng.choice((1, 2, 5, 8, 20)) * _SECOND_US}
    if kind == "error":
        return {"status": rng.choice(_STATUSES), "html": rng.random() < 0.3}
    if kind == "throttle":
        seconds, form = rng.choice((None, 1, 5, 30)), rng.choice(("seconds", "float", "date"))
        return {"retry_after_us": None if seconds is None else seconds * _SECOND_US, "retry_after_form": form}
    if kind in ("late_commit", "stale_read", "late_index"):
        return {"delay_us": rng.choice(_LATE_S) * _SECOND_US}
    if kind == "poisoned_rows":
        return {"poison": rng.choice(_POISONS)}
    return {"reset": rng.random() < 0.5} if kind in ("lost_request", "lost_reply") else {}


def _of_webhooks(name: str, kind: str, landscape: Landscape, window: Window, rng: Random) -> Atom:
    system = rng.choice([system for system in sorted(landscape) if landscape[system].topics])
    topic = rng.choice(sorted(landscape[system].topics)) if rng.random() < 0.5 else None
    held_min = rng.choice((1, 5, 30, 120)) if kind not in ("webhook_lost", "webhook_poisoned") else 0
    poison = rng.choice(_POISONS) if kind == "webhook_poisoned" else _POISONS[0]
    return WebhookAtom(
        id=name,
        kind=kind,
        system=system,
        window=window,
        topic=topic,
        share=rng.choice(_SHARES),
        delay_us=held_min * _MINUTE_US,
        poison=poison,
    )


def _of_platform(name: str, kind: str, window: Window, rng: Random) -> Atom:
    if kind in ("store_outage", "bus_outage"):
        return PlatformAtom(id=name, kind=kind, window=window)
    share = rng.choice([share for share in _SHARES if share <= CONFLICTS_MOST])
    seconds = 0
    if kind == "store_slow":
        seconds = rng.choice((1, 5, 20))
    elif kind.startswith("bus_"):
        seconds = rng.choice((5, 60, 1_800))
    return PlatformAtom(id=name, kind=kind, window=window, share=share, delay_us=seconds * _SECOND_US)


def _crash(name: str, landscape: Landscape, span_us: int, rng: Random) -> Atom:
    down_for_us = rng.choice((1, 10, 60, 600)) * _SECOND_US
    window = Window(0, span_us)
    if rng.random() < 0.5:
        at_us = rng.randint(0, max(0, span_us // _SECOND_US - 1)) * _SECOND_US
        return CrashAtom(id=name, down_for_us=down_for_us, window=window, at_us=at_us)
    system = rng.choice(sorted(landscape))
    return CrashAtom(
        id=name,
        down_for_us=down_for_us,
        window=window,
        system=system,
        operation=rng.choice(sorted(landscape[system].operations)),
        occurrence=rng.randint(1, 30),
    )
