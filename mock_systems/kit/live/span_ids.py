"""Ids of spans: random, but for a span that has its name in the books already."""

from __future__ import annotations

import random
from typing import Final

from opentelemetry.sdk.trace.id_generator import IdGenerator

_LOW: Final = (1 << 64) - 1


class ChosenIds(IdGenerator):
    """As OpenTelemetry draws them, unless the next root span has been given a trace."""

    def __init__(self) -> None:
        self._draw = random.SystemRandom().getrandbits
        self._trace: int | None = None

    def begin(self, trace: int) -> None:
        """The next root span begins `trace`; its own id is the lower half, as births have it (`kit.births`)."""
        self._trace = trace

    def generate_trace_id(self) -> int:
        """A trace's id."""
        return self._draw(128) or 1 if self._trace is None else self._trace

    def generate_span_id(self) -> int:
        """A span's id."""
        trace, self._trace = self._trace, None
        return (self._draw(64) if trace is None else trace & _LOW) or 1
