"""B08: each attempt of a write carries a new idempotency key, so that a repeated one is done twice.

The client makes the key of a call at random, below the retries: what was lost on the way back is no repetition to the
system that hears it again. Minimal: one reply is lost.
"""

from __future__ import annotations

from dataclasses import replace

from sandbox.core.hub import Hub
from sandbox.core.ports import Http, HttpReply, HttpRequest, Ids
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B08",
    source="openlinker#1917: a dispatch that was tried again bought a second paid label",
    invariants=("I2", "I4"),
)
MINIMAL = {
    "faults": [{"lost_reply": {"system": "erp", "operation": "createSalesOrder", "order": "W-000003", "occurrence": 1}}]
}


class _NewKeys:
    """HTTP to a system, with another key on each write."""

    def __init__(self, http: Http, ids: Ids) -> None:
        self._http, self._ids = http, ids

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send, under a key that nobody has seen."""
        if "idempotency-key" not in request.headers:
            return await self._http.send(request)
        headers = {**request.headers, "idempotency-key": self._ids.new("key")}
        return await self._http.send(replace(request, headers=headers))


@planted
def core(hub: Hub) -> None:
    """A new key for each attempt, in all systems."""
    ids = hub.parts.ports.ids
    for caller in hub.parts.systems.callers.values():
        plant(caller, "_http", lambda http: _NewKeys(http, ids))
