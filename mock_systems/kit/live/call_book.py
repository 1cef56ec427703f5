"""The latest calls of integrations at a live system's door, with their answers: what load they make, and how it heeds.

Only those of this process: calls are no part of the books, and are not made again from the inputs.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from mock_systems.kit.live.newest import Newest
from mock_systems.kit.wire import Answer

KEPT_MOST: Final = 100_000


class CallSeen(NamedTuple):
    """One call; `seq` counts from 1. `status` None: the caller never heard back. `after_us`: when the answer left."""

    seq: int
    at_us: int
    operation: str
    about: str
    status: int | None
    after_us: int
    retry_after: str | None


class CallBook(Newest[CallSeen]):
    """Keeps the newest `most` calls; `visit` is a visitor of the door."""

    def __init__(self, most: int = KEPT_MOST) -> None:
        super().__init__(most)

    def visit(self, now_us: int, system: str, operation: str, about: str, answer: Answer) -> None:
        """Write one down."""
        reply = answer.reply
        status, retry_after = (None, None) if reply is None else (reply.status, reply.headers.get("retry-after"))
        self.keep(CallSeen(self.seen + 1, now_us, operation, about, status, answer.after_us, retry_after))
