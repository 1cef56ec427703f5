"""An errand: on whose behalf the core calls a system."""

from __future__ import annotations

from dataclasses import dataclass

_SPANS = 1 << 64


@dataclass(slots=True)
class Errand:
    """Carries the correlation through every call made for one order.

    `about` names the entity in notes and random draws; `trace_id` is the W3C trace of the channel's order, or None;
    `fence` is the fencing token of the lease under which the work is done.
    """

    about: str
    trace_id: str | None = None
    fence: int | None = None
    _span: int = 0

    @classmethod
    def for_order(cls, about: str, traceparent: str | None, fence: int | None) -> Errand:
        """The errand that continues the channel's trace."""
        if not traceparent or len(traceparent) < 55:
            return cls(about, None, fence)
        return cls(about, traceparent[3:35], fence, int(traceparent[36:52], 16))

    def next_traceparent(self) -> str | None:
        """The W3C traceparent of the next call: the same trace, a span of its own."""
        if self.trace_id is None:
            return None
        self._span = (self._span + 1) % _SPANS or 1
        return f"00-{self.trace_id}-{self._span:016x}-01"
