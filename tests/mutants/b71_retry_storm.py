"""B71: retries at a fixed pace, many of them, without jitter, budget or breaker, in two layers.

A system that fails for an hour gets a multiple of its usual load. Minimal: such an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.policies.backoff import Backoff
from sandbox.core.ports import Ports
from sandbox.core.systems.credentials import Credential
from sandbox.hunt.mutant import Mutant

MUTANT = Mutant(
    number="B71",
    source="hermes-agent#109234: 19 of 20 retries at the same moment; metastable failures, OSDI 2022",
    invariants=("I15", "I16"),
)
MINIMAL = {"faults": [{"error": {"system": "erp", "at": "11:00", "for": "1h"}}]}


def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
    """Twenty attempts a second apart at the most."""
    calls = {
        name: replace(policy, attempts=20, backoff=Backoff(1_000_000, 1.0, 1_000_000), breaker=None, retry_budget=None)
        for name, policy in design.calls.items()
    }
    return Hub(ports, replace(design, calls=calls), credentials)
