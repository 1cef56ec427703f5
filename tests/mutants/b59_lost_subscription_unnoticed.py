"""B59: the core lives by webhooks alone: it asks for no list, and nobody looks whether they are still sent.

Minimal: the shop deletes its subscriptions.
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
    number="B59",
    source="laravel-shopify#936: the shop had removed its webhooks, and no order came any more; shopwp#68",
    invariants=("I1", "I10"),
)
MINIMAL = {"faults": [{"webhooks_deleted": {"system": "commerce", "at": "18:30"}}]}


def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
    """Neither polling nor a look at subscriptions."""
    orders = replace(design.flows.orders, ask=None)
    return Hub(
        ports,
        replace(
            design,
            flows=replace(design.flows, orders=orders),
            intake=replace(design.intake, subscriptions_every_us=None),
        ),
        credentials,
    )
