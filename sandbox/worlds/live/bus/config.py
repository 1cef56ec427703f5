"""How a live bus behaves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")
_TOPIC: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class BusConfig:
    """What both live buses heed; times in microseconds.

    A handler that raises sees its message again after `retry_us_first`, doubled each time up to `retry_us_max`, for
    ever: a system may be away for hours. With `attempts_max` a message that failed so often becomes a dead letter.
    `max_in_flight` messages are handled at once for each consumer and process. Of a topic that nobody has subscribed
    to, the newest `unclaimed_max` events wait for the first who does.
    """

    retry_us_first: int = 500_000
    retry_us_max: int = 60_000_000
    attempts_max: int | None = None
    max_in_flight: int = 64
    unclaimed_max: int = 10_000

    def __post_init__(self) -> None:
        for name in ("retry_us_first", "retry_us_max"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must be 0 or more (got {getattr(self, name)})")
        for name in ("max_in_flight", "unclaimed_max"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more (got {getattr(self, name)})")
        if self.attempts_max is not None and self.attempts_max < 1:
            raise ValueError(f"attempts_max must be 1 or more, or None for no limit (got {self.attempts_max})")

    def retry_us(self, attempt: int) -> int:
        """How long a message waits after its `attempt`, counted from 1, has failed."""
        return min(self.retry_us_max, self.retry_us_first << min(attempt - 1, 40))

    def is_last(self, attempt: int) -> bool:
        """Whether a message is given up when this attempt fails."""
        return self.attempts_max is not None and attempt >= self.attempts_max


@dataclass(slots=True)
class BusCounts:
    """What a bus has done since it was opened: `delivered` to handlers, `redelivered` of them, `dead` letters."""

    published: int = 0
    delivered: int = 0
    redelivered: int = 0
    dead: int = 0


def checked_consumer(name: str) -> str:
    """The name of a consumer. Raises ValueError unless it is of letters, digits, `-` and `_`."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"consumer {name!r}: a name is made of letters, digits, - and _")
    return name


def checked_topic(topic: str) -> str:
    """A topic. Raises ValueError unless it is of words of letters, digits, `-` and `_` with dots between."""
    if not _TOPIC.fullmatch(topic):
        raise ValueError(f"topic {topic!r}: a topic is made of words (letters, digits, - and _) with dots between")
    return topic
