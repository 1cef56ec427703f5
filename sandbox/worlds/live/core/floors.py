"""Deadlines of the core that a machine can keep: at any speed, none of them is shorter on the wall than a floor.

At 600 times life's speed a deadline of 15 s is 25 ms of the wall's time. A hiccup of the machine would look like a
system that doesn't answer, and a lease would run out over one garbage collection (docs/decisions/0019).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sandbox.core.design import Design
from sandbox.core.policies.call_policy import CallPolicy

FLOOR_MOST_S: Final = 60.0
# A lease is renewed three times in its length; each of these has to be late by a floor before it is lost.
_LEASE_FLOORS: Final = 3


def with_floors(design: Design, speed: float, floor_s: float) -> Design:
    """The design with no call's timeout below the floor, nor a lease below three of them; patience grows with both."""
    floor_us = int(floor_s * speed * 1_000_000)
    calls = {system: _floored(policy, floor_us) for system, policy in design.calls.items()}
    workers = replace(design.workers, lease_us=max(design.workers.lease_us, _LEASE_FLOORS * floor_us))
    return replace(design, calls=calls, workers=workers)


def _floored(policy: CallPolicy, floor_us: int) -> CallPolicy:
    longer_us = max(0, floor_us - policy.timeout_us)
    patience_us = policy.patience_us + policy.attempts * longer_us
    return replace(policy, timeout_us=policy.timeout_us + longer_us, patience_us=patience_us)
