"""A teller of milestones that takes each as the latest: what is told last is what the shop shows."""

from __future__ import annotations

from sandbox.core.hub import Hub
from sandbox.core.processes.milestones import TOPICS, MilestoneTeller
from tests.mutants.planting import plant


def trust_the_order_of_events(hub: Hub) -> None:
    """Have the shop told whatever comes, in the order in which it comes."""

    def hear_events() -> None:
        teller = MilestoneTeller(hub.parts)
        plant(teller, "_heed_versions", lambda _: False)
        hub.parts.records.bus.subscribe("milestones", TOPICS, teller.hear)

    plant(hub, "_hear_events", lambda _: hear_events)
