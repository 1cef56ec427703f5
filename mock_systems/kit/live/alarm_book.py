"""What went wrong lately at a live system's door and with its webhooks: refusals, failed attempts, faults that struck.

Of this process alone, as its calls are.
"""

from __future__ import annotations

from functools import partial
from typing import Final, NamedTuple

from mock_systems.kit.live.newest import Newest
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


class AlarmBook(Newest[Alarm]):
    """Keeps the newest `most` alarms."""

    def __init__(self, most: int = KEPT_MOST) -> None:
        super().__init__(most)

    def listen(self, system: MockSystem) -> None:
        """Hear this system from now on."""
        system.door.alarms.append(partial(self.hear, "call"))
        system.webhooks.alarms.append(partial(self.hear, "webhook"))

    def hear(self, what: str, at_us: int, system: str, subject: str, order: str | None, outcome: str) -> None:
        """Keep one."""
        self.keep(Alarm(self.seen + 1, at_us, what, subject, order, outcome))
