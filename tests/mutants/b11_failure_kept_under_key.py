"""B11: whatever was answered to a key is kept and given again, failures too: what failed once fails for ever.

Minimal: the shop answers once with a 503 as it is told that a shipment has left.
"""

from __future__ import annotations

from sandbox.core.hub import Hub
from sandbox.core.ports import Http, HttpReply, HttpRequest
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B11",
    source="trigger.dev#4953: keys keep what was answered, whatever it was",
    invariants=("I12",),
)
MINIMAL = {
    "faults": [{"error": {"system": "commerce", "operation": "addFulfilment", "order": "W-000003", "occurrence": 1}}],
}


class _KeepsAnswers:
    """HTTP to a system; a key that was answered is not sent again."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._kept: dict[str, HttpReply] = {}

    async def send(self, request: HttpRequest) -> HttpReply:
        """Send what has no answer yet."""
        key = request.headers.get("idempotency-key")
        if key is None:
            return await self._http.send(request)
        if key not in self._kept:
            self._kept[key] = await self._http.send(request)
        return self._kept[key]


@planted
def core(hub: Hub) -> None:
    """Keep all answers of all systems, 5xx among them."""
    for caller in hub.parts.systems.callers.values():
        plant(caller, "_http", _KeepsAnswers)
