"""The ledger: an append-only book of facts, written at the moment an effect happens.

The oracle and the figures read these books and nothing else. A fact's `kind` is `noun.verb-past`
(`invoice.posted`); `docs/facts.md` lists every kind with its data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Fact(NamedTuple):
    """One effect in one system. A named tuple, because a run makes hundreds of thousands.

    `seq` counts from 1 in its system; `at_us` is UTC in microseconds since 1970; `entity` is the
    system's own id of the thing; `order` the channel's order number where the system knows it;
    `trace` the W3C trace id of the cause; `fence` the fencing token that the caller sent. `data`
    holds JSON values only and is never changed after the append.
    """

    seq: int
    at_us: int
    system: str
    kind: str
    entity: str
    order: str | None
    data: Mapping[str, Any]
    trace: str | None
    fence: int | None


_new = tuple.__new__
Listener = Callable[[Fact], None]


class Ledger:
    """The facts of one system, in the order they happened; listeners hear each one at once.

    `written` counts them. They stay in `facts` as long as `keeps` is set: a long run's listeners need none twice.
    """

    def __init__(self, system: str) -> None:
        self.system = system
        self.keeps = True
        self.written = 0
        self.facts: list[Fact] = []
        self.listeners: list[Listener] = []

    def append(
        self,
        at_us: int,
        kind: str,
        entity: str,
        order: str | None,
        data: Mapping[str, Any],
        trace: str | None = None,
        fence: int | None = None,
    ) -> Fact:
        """Write one fact and tell the listeners."""
        self.written = seq = self.written + 1
        # A named tuple's own constructor is a Python function that does just this.
        fact = _new(Fact, (seq, at_us, self.system, kind, entity, order, data, trace, fence))
        if self.keeps:
            self.facts.append(fact)
        for listener in self.listeners:
            listener(fact)
        return fact
