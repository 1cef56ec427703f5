"""Calls at the systems' doors, as the oracle hears them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mock_systems.kit.door import Visitor
from mock_systems.kit.wire import Answer, Reply
from sandbox.oracle.oracle import Oracle

_SECOND_US: Final = 1_000_000


def visitor(oracle: Oracle, timeouts_us: Mapping[str, int]) -> Visitor:
    """Tells the oracle of each call. An answer after its caller's timeout is none."""
    observe = oracle.observe_call

    def heard(now_us: int, system: str, operation: str, about: str, answer: Answer) -> None:
        reply = answer.reply
        if reply is None or answer.after_us > timeouts_us[system]:
            observe(now_us, system, operation, about, None, None)
        elif reply.status in (429, 503):
            observe(now_us, system, operation, about, reply.status, _retry_after_us(reply))
        else:
            observe(now_us, system, operation, about, reply.status, None)

    return heard


def _retry_after_us(reply: Reply) -> int | None:
    """The time that a refusal names, where it does so in seconds."""
    written = reply.headers.get("retry-after", "")
    try:
        return int(float(written) * _SECOND_US)
    except ValueError:
        return None
