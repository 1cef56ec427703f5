"""B69: a probe that is answered with 429 settles nothing, so a half-open breaker never closes and never opens again.

Its places are taken for good. Minimal: an outage that ends in a time of throttling.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.policies.caller import Caller
from sandbox.core.ports import HttpReply
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B69",
    source="opossum#276: a breaker stayed half-open; OmniRoute#13836: 49,607 rejections in six days",
    invariants=("I12", "I16"),
)
MINIMAL = {
    "faults": [
        {"outage": {"system": "erp", "at": "10:30", "for": "30m"}},
        {"throttle": {"system": "erp", "at": "11:00", "for": "10m"}},
    ]
}

_FOREVER_US = 10**15
TurnedAway = Callable[[HttpReply, int, int], Any]


def _unsettled(caller: Caller) -> Callable[[TurnedAway], TurnedAway]:
    def made(turned_away: TurnedAway) -> TurnedAway:
        def _turned_away(reply: HttpReply, ticket: int, window: int) -> Any:
            breaker = caller.breaker
            if breaker is None or breaker.state != "half_open" or reply.status != 429:
                return turned_away(reply, ticket, window)
            caller.breaker = None
            try:
                return turned_away(reply, ticket, window)
            finally:
                caller.breaker = breaker

        return _turned_away

    return made


@planted
def core(hub: Hub) -> None:
    """A way out of a probe that records nothing, and no time limit for probes."""
    for caller in hub.parts.systems.callers.values():
        plant(caller, "breaker._settle_within_us", lambda _: _FOREVER_US)
        plant(caller, "_turned_away", _unsettled(caller))
