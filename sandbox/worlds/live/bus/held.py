"""What the in-process bus holds: which consumer still owes which event. Pure state, changed by entries of its log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

# An entry of the log: its kind, and then what that kind needs. JSON lists.
Entry = Sequence[Any]

SUBSCRIBED: Final = "subscribed"
PUBLISHED: Final = "published"
ATTEMPTED: Final = "attempted"
DONE: Final = "done"
DEAD: Final = "dead"
REPLAYED: Final = "replayed"


@dataclass(slots=True)
class HeldEvent:
    """An event on the bus; `owed_by` counts the consumers that have not finished with it, dead letters included."""

    topic: str
    event: Mapping[str, Any]
    owed_by: int = 0


@dataclass(slots=True)
class Owed:
    """What one consumer owes: numbers of events with the deliveries so far; `dead` with attempts and cause."""

    topics: dict[str, None] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)
    dead: dict[int, tuple[int, str]] = field(default_factory=dict)


class Held:
    """Events by number, and what each consumer owes. A topic that nobody subscribes to keeps its newest events."""

    def __init__(self, unclaimed_max: int) -> None:
        self.events: dict[int, HeldEvent] = {}
        self.consumers: dict[str, Owed] = {}
        self.last_number = 0
        self._unclaimed: dict[str, dict[int, None]] = {}
        self._unclaimed_max = unclaimed_max
        self._topics: dict[str, list[str]] = {}

    def subscribe(self, name: str, topics: Sequence[str]) -> list[int]:
        """A consumer wants these topics, too; the numbers of the events that waited for it."""
        owed = self.consumers.setdefault(name, Owed())
        claimed: list[int] = []
        for topic in topics:
            if topic not in owed.topics:
                owed.topics[topic] = None
                self._topics.setdefault(topic, []).append(name)
                claimed += self._unclaimed.pop(topic, ())
        for number in claimed:
            self._owe(name, number)
        return claimed

    def publish(self, number: int, topic: str, event: Mapping[str, Any]) -> Sequence[str]:
        """An event has come; the names of the consumers that owe it now."""
        self.last_number = max(self.last_number, number)
        self.events[number] = HeldEvent(topic, event)
        names = self._topics.get(topic, ())
        for name in names:
            self._owe(name, number)
        if not names:
            waiting = self._unclaimed.setdefault(topic, {})
            waiting[number] = None
            if len(waiting) > self._unclaimed_max:
                oldest = next(iter(waiting))
                del waiting[oldest], self.events[oldest]
        return names

    def attempt(self, number: int, name: str) -> int:
        """A consumer is handed the event once more; which time it is, from 1."""
        attempts = self.consumers[name].attempts
        attempts[number] += 1
        return attempts[number]

    def finish(self, number: int, name: str) -> None:
        """A consumer is done with the event, which is forgotten when all are."""
        del self.consumers[name].attempts[number]
        held = self.events[number]
        held.owed_by -= 1
        if not held.owed_by:
            del self.events[number]

    def bury(self, number: int, name: str, cause: str) -> None:
        """A consumer is given up on the event, which is kept as a dead letter."""
        owed = self.consumers[name]
        owed.dead[number] = (owed.attempts.pop(number), cause)

    def revive(self, number: int, name: str) -> None:
        """A dead letter is owed again, from attempt 1."""
        owed = self.consumers[name]
        owed.dead.pop(number, None)
        owed.attempts[number] = 0

    def apply(self, entry: Entry) -> None:
        """Change as an entry of the log says. Raises KeyError or ValueError for one that cannot be."""
        kind, *rest = entry
        if kind == SUBSCRIBED:
            self.subscribe(*rest)
        elif kind == PUBLISHED:
            self._restore(*rest)
        elif kind == ATTEMPTED:
            self.attempt(*rest)
        elif kind == DONE:
            self.finish(*rest)
        elif kind == DEAD:
            self.bury(*rest)
        elif kind == REPLAYED:
            self.revive(*rest)
        else:
            raise ValueError(f"unknown kind {kind!r}")

    def entries(self) -> Iterator[Entry]:
        """The shortest log that leads to this state."""
        for name, owed in self.consumers.items():
            yield SUBSCRIBED, name, list(owed.topics)
        owing: dict[int, dict[str, int]] = {number: {} for number in sorted(self.events)}
        for name, owed in self.consumers.items():
            for number, attempts in owed.attempts.items():
                owing[number][name] = attempts
            for number, (attempts, _) in owed.dead.items():
                owing[number][name] = attempts
        for number, names in owing.items():
            held = self.events[number]
            yield PUBLISHED, number, held.topic, held.event, names
        for name, owed in self.consumers.items():
            for number, (_, cause) in owed.dead.items():
                yield DEAD, number, name, cause

    def _restore(
        self, number: int, topic: str, event: Mapping[str, Any], owing: Mapping[str, int] | None = None
    ) -> None:
        """As `publish`; a shortened log says who owes it still, and how often each was handed it."""
        if not owing:
            self.publish(number, topic, event)
            return
        self.last_number = max(self.last_number, number)
        self.events[number] = HeldEvent(topic, event)
        for name, attempts in owing.items():
            self._owe(name, number)
            self.consumers[name].attempts[number] = attempts

    def _owe(self, name: str, number: int) -> None:
        self.consumers[name].attempts[number] = 0
        self.events[number].owed_by += 1
