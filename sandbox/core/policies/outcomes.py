"""What a call can come to when it has no business answer.

CallFailed
├── OutcomeUnknown      the effect may have happened: look before repeating
└── SystemUnavailable   not now: try again at `retry_at_us`
"""

from __future__ import annotations


class CallFailed(Exception):
    """A call that brought no business answer."""


class OutcomeUnknown(CallFailed):
    """A write that may not be repeated blindly ended without an answer; `cause` says how."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class SystemUnavailable(CallFailed):
    """The system is down, throttles us, or the attempts and the budget are used up.

    `unknown` tells whether an earlier attempt may have had its effect all the same: whoever gives up
    the work for good, rather than repeating it, has to look first.
    """

    def __init__(self, system: str, retry_at_us: int, cause: str = "", *, unknown: bool = False) -> None:
        super().__init__(system, retry_at_us, cause)
        self.system = system
        self.retry_at_us = retry_at_us
        self.cause = cause
        self.unknown = unknown

    def __str__(self) -> str:
        return f"{self.system} is unavailable: {self.cause}"
