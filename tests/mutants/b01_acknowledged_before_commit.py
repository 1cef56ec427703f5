"""B01: a webhook is acknowledged before its message is safe, and what then fails is lost: the shop has its 202.

What was acknowledged counts as seen, so the shop's list does not bring it either. Minimal: the core's database is away
while orders come in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.ports import HttpReply, HttpRequest, Ports
from sandbox.core.systems.credentials import Credential
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant

MUTANT = Mutant(
    number="B01",
    source="vets-who-code#1259: the handler returned 200 on any error, and the order was lost",
    invariants=("I1", "I10"),
)
MINIMAL = {"faults": [{"store_outage": {"from": "10:00", "to": "12:00"}}]}

Page = tuple[list[Mapping[str, Any]], str, bool]
Fetch = Callable[[str, int, Errand], Awaitable[Page]]
Receive = Callable[[HttpRequest], Awaitable[HttpReply]]


def core(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> Hub:
    """The reference core that answers before it has written anything down."""
    hub = Hub(ports, replace(design, intake=replace(design.intake, acknowledge="before_commit")), credentials)
    acknowledged: set[str] = set()

    def counting(receive: Receive) -> Receive:
        async def received(request: HttpRequest) -> HttpReply:
            body = request.body
            if isinstance(body, dict) and body.get("type") == "order.created":
                acknowledged.add(body["data"]["order"])
            return await receive(request)

        return received

    def passing_over(fetch: Fetch) -> Fetch:
        async def orders_after(cursor: str, limit: int, errand: Errand) -> Page:
            page, position, more = await fetch(cursor, limit, errand)
            return [row for row in page if row["order"] not in acknowledged], position, more

        return orders_after

    plant(hub, "_api.receive", counting)
    plant(hub, "parts.systems.commerce.orders_after", passing_over)
    return hub
