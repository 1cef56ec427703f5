"""How many calls each live system got over time, as the record keeps it of a virtual run."""

from __future__ import annotations

from collections import Counter

from mock_systems.kit.live.call_book import CallSeen
from sandbox.oracle.figures.backlog import sampled_every_us
from sandbox.runs.sampling import Sample


class CallSamples:
    """Tells `sample(at_us, name, value)` the calls of each period of a run, when the next one begins."""

    def __init__(self, sample: Sample, start_us: int, span_us: int) -> None:
        self._sample = sample
        self._every_us = sampled_every_us(span_us)
        self._until_us = start_us + self._every_us
        self._calls: Counter[str] = Counter()

    def hear(self, system: str, call: CallSeen) -> None:
        """One call; calls come in their order."""
        while call.at_us >= self._until_us:
            for name, count in self._calls.items():
                self._sample(self._until_us, f"calls.{name}", count)
                self._calls[name] = 0
            self._until_us += self._every_us
        self._calls[system] += 1
