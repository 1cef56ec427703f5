"""Faults of webhooks as people write them."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from sandbox.faults.atoms import Atom, DeletionAtom, WebhookAtom, Window
from sandbox.faults.moments import Duration, Length, Moment, Share
from sandbox.faults.written_parts import Poison, Timed, Written


class WebhookLost(Timed):
    """Webhooks are never delivered, nor tried again."""

    kind = "webhook_lost"
    system: str
    topic: str | None = Field(None, description="one topic of the system; left out: all")
    order: str | None = Field(None, description="only webhooks about this order, such as W-000003")
    occurrence: int | None = Field(None, ge=1, description="only the n-th such webhook, counted from 1")
    share: Share | None = Field(None, description="only this share of the webhooks, such as 5%")

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        given = self.model_dump(include={"system", "topic", "order", "occurrence", "share"})
        more = {"delay_us": self.delay_us(), **self.parameters()}
        return WebhookAtom(id=name, kind=self.kind, window=self.window(span_us), **given, **more)

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {}

    def delay_us(self) -> int:
        """How much later one comes."""
        return 0


class WebhookDoubled(WebhookLost):
    """Webhooks are delivered twice under one id, the second time `after` the first."""

    kind = "webhook_doubled"
    after: Duration = 0

    def delay_us(self) -> int:
        """How much later one comes."""
        return self.after


class WebhookReordered(WebhookLost):
    """Webhooks are held back by a time drawn up to `within`, so that later ones overtake them."""

    kind = "webhook_reordered"
    within: Length

    def delay_us(self) -> int:
        """How much later one comes."""
        return self.within


class WebhookDelayed(WebhookLost):
    """Webhooks are held back by `by`."""

    kind = "webhook_delayed"
    by: Length

    def delay_us(self) -> int:
        """How much later one comes."""
        return self.by


class WebhookPoisoned(WebhookLost):
    """Webhooks come spoiled: not to be read, with an item that nobody knows, or with an unknown status."""

    kind = "webhook_poisoned"
    poison: Poison = "unreadable"

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"poison": self.poison}


class WebhooksDeleted(Written):
    """The system deletes its webhook subscriptions at a moment, and tells nobody."""

    kind: ClassVar[str] = "webhooks_deleted"
    system: str
    at: Moment

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        return DeletionAtom(id=name, system=self.system, at_us=self.at, window=Window(0, span_us))
