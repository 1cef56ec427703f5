"""A turn: what one request, or one act of the physics, does to a system's books."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mock_systems.kit.streams import Streams


class Notice(NamedTuple):
    """A webhook event to be sent: `topic` like `order.created`, `data` its JSON payload."""

    topic: str
    entity: str
    order: str | None
    data: Mapping[str, Any]
    trace: str | None


@dataclass(slots=True)
class Turn:
    """Collects the facts and webhooks of one synchronous state change.

    A handler validates first and changes the books last; when it raises a Refusal, nothing that
    it collected is kept. `body` and `query` are the validated models, `params` the path's values.
    """

    now_us: int
    streams: Streams
    trace: str | None = None
    fence: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    query: Any = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    facts: list[tuple[str, str, str | None, Mapping[str, Any], str | None]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def rng(self, purpose: str, *entity: object) -> random.Random:
        """The random stream for this purpose and entity."""
        return self.streams.of(purpose, *entity)

    def fact(
        self, kind: str, entity: str, order: str | None, data: Mapping[str, Any], trace: str | None = None
    ) -> None:
        """Note an effect; it enters the ledger when the turn ends well."""
        self.facts.append((kind, entity, order, data, trace or self.trace))

    def notify(
        self, topic: str, entity: str, order: str | None, data: Mapping[str, Any], trace: str | None = None
    ) -> None:
        """Tell the subscribers of `topic`, after the turn."""
        self.notices.append(Notice(topic, entity, order, data, trace or self.trace))
