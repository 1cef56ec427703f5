"""What went wrong lately at a live system's door and with its webhooks: refusals, failed attempts, faults that struck.

Of this process alone, as its calls are.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

from mock_systems.kit.system import MockSystem

KEPT_MOST: Final = 20_000


class Alarm(NamedTuple):
    """One of them; `seq` counts from 1. `what` is `call` or `webhook`, `subject` the operation or the topic.

    `outcome` says what happened: `fault.<kind>:<id>`, or in one word why a call was turned away or a webhook failed.
    """

    seq: int
    at_us: int
    what: str
    subject: str
    order: str | None
    outcome: str


class AlarmBook:
    """Keeps the newest `most` alarms."""

    def __init__(self, most: int = KEPT_MOST) -> None:
        self._alarms: deque[Alarm] = deque(maxlen=most)
        self.seen = 0

    def listen(self, system: MockSystem) -> None:
        """Hear this system from now on."""
        system.door.alarms.append(partial(self.hear, "call"))
        system.webhooks.alarms.append(partial(self.hear, "webhook"))

    def after(self, seq: int, limit: int) -> list[Alarm]:
        """Those with a greater number, oldest first; older ones may have been let go."""
        gone = self.seen - len(self._alarms)
        return list(islice(self._alarms, max(0, seq - gone), max(0, seq - gone) + limit))

    def hear(self, what: str, at_us: int, system: str, subject: str, order: str | None, outcome: str) -> None:
        """Keep one."""
        self.seen += 1
        self._alarms.append(Alarm(self.seen, at_us, what, subject, order, outcome))
