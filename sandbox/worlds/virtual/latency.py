"""How long the network takes, each way: drawn by name, so that one call more in one place shifts no other."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Final

from mock_systems.kit.streams import Streams

_HALF: Final = 32
_WHOLE: Final = 1 << _HALF
_LOW: Final = _WHOLE - 1
_TAIL_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """One way takes at least `latency_us_min` and `latency_us_mean` on average, with an exponential tail.

    A webhook counts as unanswered `webhook_timeout_us` after it was sent.
    """

    latency_us_min: int = 2_000
    latency_us_mean: int = 12_000
    webhook_timeout_us: int = 15_000_000

    def __post_init__(self) -> None:
        if not 0 <= self.latency_us_min <= self.latency_us_mean:
            raise ValueError(
                f"latency_us_min ({self.latency_us_min}) must be between 0 and latency_us_mean ({self.latency_us_mean})"
            )
        if self.webhook_timeout_us < 1:
            raise ValueError(f"webhook_timeout_us must be 1 or more (got {self.webhook_timeout_us})")


class Latency:
    """Draws the latency of calls to one host."""

    def __init__(self, config: NetworkConfig, streams: Streams, host: str) -> None:
        self._least_us = config.latency_us_min
        self._tail_us = config.latency_us_mean - config.latency_us_min
        self._number = streams.branch("latency", host).number
        self._ordinals: dict[str, int] = {}

    def draw(self, concern: str) -> tuple[int, int]:
        """Microseconds there and back of the next call that concerns this: a trace id, or a path."""
        ordinals = self._ordinals
        ordinal = ordinals[concern] = ordinals.get(concern, 0) + 1
        # One hash serves both ways: its halves are independent draws.
        drawn = self._number(f"{concern}|{ordinal}")
        there = -log(((drawn >> _HALF) + 1) / _WHOLE)
        back = -log(((drawn & _LOW) + 1) / _WHOLE)
        tail_us, least_us = self._tail_us, self._least_us
        return (
            least_us + int(tail_us * (there if there < _TAIL_MOST else _TAIL_MOST)),
            least_us + int(tail_us * (back if back < _TAIL_MOST else _TAIL_MOST)),
        )
