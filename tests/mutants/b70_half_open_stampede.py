"""B70: at the end of a cool-down everything that waits goes through at once, in place of a few probes.

All return at the same moment, and a half-open breaker admits them all. Minimal: an ERP that fails for hours, in which
work piles up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.policies.breaker import BreakerOpen, BreakerPolicy
from sandbox.core.ports import Ports
from sandbox.core.systems.credentials import Credential
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant

MUTANT = Mutant(
    number="B70",
    source="Truxify#11683: a half-open breaker admitted all requests; jac#7909",
    invariants=("I15",),
)
MINIMAL = {"faults": [{"error": {"system": "erp", "at": "9:00", "for": "8h"}}]}

Park = Callable[..., None]


def _everybody(policy: BreakerPolicy) -> BreakerPolicy:
    return replace(policy, probes=100_000)


def _at_the_end(error: BreakerOpen, about: str) -> int:
    return error.retry_at_us


def _no_room(park: Park) -> Park:
    def each_for_itself(saga: str, due_at_us: int, system: str | None = None) -> None:
        park(saga, due_at_us)

    return each_for_itself


def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
    """As many probes as want to, without jitter, waiting room, queue or budget."""
    calls = {name: replace(policy, concurrency=1_000, retry_budget=None) for name, policy in design.calls.items()}
    hub = Hub(ports, replace(design, calls=calls), credentials)
    for caller in hub.parts.systems.callers.values():
        plant(caller, "breaker.policy", _everybody)
        plant(caller, "_return_us", lambda _: _at_the_end)
    plant(hub.order_to_cash, "lanes.park", _no_room)
    return hub
