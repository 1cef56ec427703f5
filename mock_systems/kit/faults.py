"""Faults as data: what a door does to calls, and what the webhooks do to deliveries.

A fault says which calls it means (operation, business order, a window of time, the n-th such call, or a share of
them) and what happens to them. It is plain data: written in a file, drawn from a seed, shrunk, or sent to a live
system. A share is decided by hashing the call's name, never by a generator that other draws could shift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from typing import Any, ClassVar, Self

from mock_systems.kit.streams import Streams

FOREVER_US = (1 << 63) - 1

REFUSE, SLOW, ERROR, THROTTLE = "refuse", "slow", "error", "throttle"
LOST_REQUEST, LOST_REPLY, LATE_COMMIT = "lost_request", "lost_reply", "late_commit"
MALFORMED, PARTIAL, DUPLICATE = "malformed", "partial", "duplicate"
STALE_READ, LATE_INDEX, PAGE_DRIFT, POISONED = "stale_read", "late_index", "page_drift", "poisoned"
READ_KINDS = (STALE_READ, LATE_INDEX, PAGE_DRIFT, POISONED)
CALL_KINDS = (
    REFUSE, SLOW, ERROR, THROTTLE, LOST_REQUEST, LOST_REPLY, LATE_COMMIT, MALFORMED, PARTIAL, DUPLICATE, *READ_KINDS
)  # fmt: skip

LOST, DOUBLED, REORDERED, DELAYED = "lost", "doubled", "reordered", "delayed"
WEBHOOK_KINDS = (LOST, DOUBLED, REORDERED, DELAYED, POISONED)

RETRY_AFTER_FORMS = ("seconds", "float", "date")
POISONS = ("unreadable", "unknown_item", "unknown_status")


class FaultError(ValueError):
    """A fault that cannot be meant so; the message names the fault, the field and the remedy."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """What calls and deliveries have in common: which of them a fault means.

    The fault is on from `from_us` until before `until_us`. `order` narrows it to one business order. `occurrence`
    takes only the n-th matching one (from 1, counted by this fault inside its window); `share` takes that
    fraction of them. `applied` counts how often it was carried out, `seen` how many matched before occurrence
    and share; neither is part of the data.
    """

    kinds: ClassVar[tuple[str, ...]] = ()

    id: str
    kind: str
    order: str | None = None
    occurrence: int | None = None
    share: float | None = None
    from_us: int = 0
    until_us: int = FOREVER_US
    delay_us: int = 0
    applied: int = field(default=0, compare=False)
    seen: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        self._must(self.kind in self.kinds, "kind", f"is one of {', '.join(self.kinds)}{_meant(self.kind, self.kinds)}")
        self._must(self.until_us > self.from_us, "until_us", "lies after from_us")
        self._must(self.delay_us >= 0, "delay_us", "is 0 or more")
        self._must(self.share is None or 0 < self.share <= 1, "share", "lies above 0 and is at most 1")
        self._must(self.occurrence is None or self.occurrence >= 1, "occurrence", "counts from 1")
        self._must(self.share is None or self.occurrence is None, "share", "and occurrence exclude each other")

    @property
    def label(self) -> str:
        """How observers hear of it: `fault.<kind>:<id>`."""
        return f"fault.{self.kind}:{self.id}"

    def is_on(self, now_us: int) -> bool:
        """Whether its window is open at a time."""
        return self.from_us <= now_us < self.until_us

    def _must(self, holds: bool, name: str, rule: str) -> None:
        if not holds:
            raise FaultError(f"fault {self.id!r}: {name} {rule} (got {getattr(self, name)!r})")

    def _takes(self, subject: str, order: str | None, ordinal: int, streams: Streams) -> bool:
        """Count one that matches, and say whether occurrence and share take it."""
        self.seen += 1
        if self.occurrence is not None:
            return self.seen == self.occurrence
        if self.share is not None:
            return streams.fraction("fault", self.id, subject, order, ordinal) < self.share
        return True

    def as_dict(self) -> dict[str, Any]:
        """The fault as a JSON object; what stands at its default is left out."""
        return {
            f.name: value
            for f in fields(self)
            if f.compare and ((value := getattr(self, f.name)) != f.default or f.default is MISSING)
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` wrote. Raises FaultError for unknown or missing fields and wrong values."""
        name = data.get("id", "(without id)")
        known = [f.name for f in fields(cls) if f.compare]
        for key in data:
            if key not in known:
                raise FaultError(f"fault {name!r}: no field {key!r}{_meant(key, known)}; there are {', '.join(known)}")
        for key in ("id", "kind"):
            if not isinstance(data.get(key), str):
                raise FaultError(f"fault {name!r}: {key} is missing or not a text")
        try:
            return cls(**data)
        except TypeError as error:
            raise FaultError(f"fault {name!r}: {error}") from error


@dataclass(slots=True, kw_only=True)
class CallFault(Fault):
    """What happens to calls at a door; `operation` None means all of them.

    - `refuse`: the connection is refused (an outage): certainly no effect.
    - `slow`: the service time is multiplied by `factor`, then `delay_us` is added.
    - `error`: `status` (5xx) with problem details, or with `html` a proxy's page, no effect; `retry_after_s` may be
      given.
    - `throttle`: 429, no effect; Retry-After in whole seconds, as a float, as an HTTP date, or none.
    - `lost_request`: no effect and no answer.
    - `lost_reply`: the effect, and no answer.
    - `late_commit`: no answer, and the effect `delay_us` later.
    - `malformed`: the effect, and an answer that is not JSON.
    - `partial`: the effect, and an answer whose JSON breaks off in the middle.
    - `duplicate`: handled twice (a proxy that repeats); the second answer goes out.
    - `stale_read`: a read is answered from a state that is up to `delay_us` old.
    - `late_index`: a list leaves out rows whose latest change is less than `delay_us` old, and its cursor passes them.
    - `page_drift`: rows shift while a list is being paged: the next page skips a row, or repeats one.
    - `poisoned`: the rows of a list come spoiled, as `poison` says.

    With `reset` the caller of a lost request or reply, or a late commit, learns at once that the connection broke;
    without, it hears nothing. Of lists, `share` takes that fraction of the rows, not of the calls.
    """

    kinds: ClassVar[tuple[str, ...]] = CALL_KINDS

    operation: str | None = None
    status: int = 503
    retry_after_s: float | None = None
    retry_after_form: str = "seconds"
    factor: float = 1.0
    reset: bool = False
    html: bool = False
    poison: str = POISONS[0]

    def __post_init__(self) -> None:
        # Named in full: dataclass(slots=True) makes a new class, which breaks the short form of super().
        Fault.__post_init__(self)
        self._must(500 <= self.status <= 599, "status", "is a 5xx")
        self._must(self.retry_after_s is None or self.retry_after_s >= 0, "retry_after_s", "is 0 or more")
        self._must(self.retry_after_form in RETRY_AFTER_FORMS, "retry_after_form", f"is one of {RETRY_AFTER_FORMS}")
        self._must(self.factor >= 1, "factor", "is 1 or more")
        changes = self.factor > 1 or self.delay_us > 0
        self._must(self.kind != SLOW or changes, "delay_us", "or factor must say how slow")
        needs_delay = self.kind in (LATE_COMMIT, STALE_READ, LATE_INDEX)
        self._must(not needs_delay or self.delay_us > 0, "delay_us", "must say by how much")
        self._must(self.poison in POISONS, "poison", f"is one of {', '.join(POISONS)}")

    def hits(self, operation: str, order: str | None, ordinal: int, now_us: int, streams: Streams) -> bool:
        """Whether it means this call; counts those that match. `ordinal` names the call for the share."""
        if not self.is_on(now_us):
            return False
        if self.operation is not None and self.operation != operation:
            return False
        if self.order is not None and self.order != order:
            return False
        if self.share is not None and self.kind in (LATE_INDEX, PAGE_DRIFT, POISONED):
            self.seen += 1
            return True
        return self._takes(operation, order, ordinal, streams)

    def takes_row(self, row: object, streams: Streams) -> bool:
        """Whether it means this row of a list, or this version of it."""
        return self.share is None or streams.fraction("fault-row", self.id, row) < self.share


@dataclass(slots=True, kw_only=True)
class WebhookFault(Fault):
    """What happens to webhooks; `topic` None means all of them.

    - `lost`: the event is never delivered, nor tried again.
    - `doubled`: delivered twice under one id, the second `delay_us` after the first.
    - `reordered`: held back by a time drawn between 0 and `delay_us`, so that later ones overtake it.
    - `delayed`: held back by `delay_us`.
    - `poisoned`: the body comes spoiled, as `poison` says: `unreadable` (parts are missing), `unknown_item` (a code
      that nobody knows) or `unknown_status` (a word that is not in the contract).
    """

    kinds: ClassVar[tuple[str, ...]] = WEBHOOK_KINDS

    topic: str | None = None
    poison: str = POISONS[0]

    def __post_init__(self) -> None:
        Fault.__post_init__(self)
        self._must(self.poison in POISONS, "poison", f"is one of {', '.join(POISONS)}")
        needs_delay = self.kind in (REORDERED, DELAYED)
        self._must(not needs_delay or self.delay_us > 0, "delay_us", "must say by how much at most")

    def hits(
        self, topic: str, order: str | None, ordinal: int, now_us: int, streams: Streams, entity: str | None = None
    ) -> bool:
        """Whether it means this delivery; counts those that match. Of no order, the entity names the draw."""
        if not self.is_on(now_us):
            return False
        if self.topic is not None and self.topic != topic:
            return False
        if self.order is not None and self.order != order:
            return False
        return self._takes(topic, order or entity, ordinal, streams)


def _meant(word: str, known: tuple[str, ...] | list[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
