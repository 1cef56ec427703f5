"""B01: a webhook is acknowledged before its message is safe, and what then fails is lost: the shop has its 202.

Minimal: the core's database is away while orders come in. Nobody lists the shop's orders here, so nobody finds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.ports import Ports
from sandbox.core.systems.credentials import Credential
from sandbox.hunt.mutant import Mutant

MUTANT = Mutant(
    number="B01",
    source="vets-who-code#1259: the handler returned 200 on any error, and the order was lost",
    invariants=("I1", "I10"),
    design="tests/mutants/designs/webhooks_only.yaml",
)
MINIMAL = {"faults": [{"store_outage": {"from": "10:00", "to": "12:00"}}]}


def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
    """The reference core that answers before it has written anything down."""
    return Hub(ports, replace(design, intake=replace(design.intake, acknowledge="before_commit")), credentials)
