"""Calls at the systems' doors, as the oracle hears them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from mock_systems.kit.door import Visitor
from mock_systems.kit.live.call_book import CallSeen
from mock_systems.kit.wire import Answer
from sandbox.oracle.oracle import Oracle

_SECOND_US: Final = 1_000_000
_NOT_NOW: Final = (429, 503)


class HearsCalls(Protocol):
    """An oracle, or what stands in its place."""

    def observe_call(
        self, at_us: int, system: str, operation: str, about: str, status: int | None, retry_after_us: int | None, /
    ) -> None:
        """Hear one call at a system's door."""


def visitor(oracle: HearsCalls, timeouts_us: Mapping[str, int]) -> Visitor:
    """Tells the oracle of each call. An answer after its caller's timeout is none."""
    observe = oracle.observe_call

    def heard(now_us: int, system: str, operation: str, about: str, answer: Answer) -> None:
        reply = answer.reply
        if reply is None or answer.after_us > timeouts_us[system]:
            observe(now_us, system, operation, about, None, None)
        elif reply.status in _NOT_NOW:
            observe(now_us, system, operation, about, reply.status, _retry_after_us(reply.headers.get("retry-after")))
        else:
            observe(now_us, system, operation, about, reply.status, None)

    return heard


def listener(oracle: Oracle, timeouts_us: Mapping[str, int]) -> Callable[[str, CallSeen], None]:
    """The same for calls that were kept at the door, told with their system's name.

    A system that is not in `timeouts_us` has callers who wait for ever.
    """
    observe = oracle.observe_call

    def heard(system: str, call: CallSeen) -> None:
        status, timeout_us = call.status, timeouts_us.get(system)
        if timeout_us is not None and call.after_us > timeout_us:
            status = None
        named_us = _retry_after_us(call.retry_after) if status in _NOT_NOW else None
        observe(call.at_us, system, call.operation, call.about, status, named_us)

    return heard


def _retry_after_us(written: str | None) -> int | None:
    """The time that a refusal names, where it does so in seconds."""
    if written is None:
        return None
    try:
        return int(float(written) * _SECOND_US)
    except ValueError:
        return None
