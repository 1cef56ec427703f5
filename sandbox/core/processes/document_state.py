"""What the core remembers of a document's way through the systems: a ship notice, a count, an adjustment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.ports import Row


@dataclass(slots=True)
class DocumentState:
    """A document and how far it is. `about` is what it says and never changes, `progress` what has been done.

    `doubts` tells from when on it can be seen whether an effect was carried out, by the effect's key.
    `number` is the document's own in the system that it comes from; it is also what an exception is about.
    """

    kind: str
    number: str
    about: dict[str, Any]
    progress: dict[str, Any] = field(default_factory=dict)
    doubts: dict[str, int] = field(default_factory=dict)
    traceparent: str | None = None
    waits_since_us: int | None = None
    exception: str | None = None
    done: bool = False
    errand: Errand = field(default_factory=lambda: Errand(""))
    consumed: list[str] = field(default_factory=list)

    @property
    def saga(self) -> str:
        """Its name in the journal, and the beginning of its keys."""
        return name_of(self.kind, self.number)

    @property
    def subject(self) -> str:
        """What an exception is about."""
        return self.number

    @property
    def order_number(self) -> str | None:
        """The channel's order that it concerns, if any."""
        order: str | None = self.about.get("order")
        return order

    @property
    def home(self) -> str:
        """What decides its partition: all that is done about an order is done under one lease."""
        return self.order_number or self.saga

    def key(self, *step: object) -> str:
        """The idempotency key of one of its effects: the same at every attempt."""
        return "/".join((self.saga, *map(str, step)))

    def to_row(self) -> Row:
        """The state as a JSON value; `from_row` reads it back."""
        row: Row = {
            "kind": self.kind,
            "number": self.number,
            "about": self.about,
            "progress": dict(self.progress),
            "traceparent": self.traceparent,
            "waits_since_us": self.waits_since_us,
            "exception": self.exception,
            "done": self.done,
        }
        if self.doubts:
            row["doubts"] = dict(self.doubts)
        return row

    @classmethod
    def from_row(cls, row: Row) -> DocumentState:
        """The state that was kept."""
        return cls(**{name: value for name, value in row.items() if name != "open"})


def name_of(kind: str, number: str) -> str:
    """The name of a document in the journal."""
    return f"{kind}/{number}"
