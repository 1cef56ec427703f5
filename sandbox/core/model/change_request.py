"""What a customer asked to have changed in an order that is under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.core.model.order import OrderLine, lines_from_row, lines_to_row

Kind = Literal["cancellation", "edit"]


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A cancellation, with its reason; or an edit, with all lines and the address as they would be.

    `request` is the channel's number for it, `revision` that of the order once the edit is accepted.
    """

    request: str
    kind: Kind
    reason: str = ""
    lines: tuple[OrderLine, ...] = ()
    ship_to: Mapping[str, str] | None = None
    total_minor: int = 0
    revision: int = 0

    def to_row(self) -> dict[str, Any]:
        """The request as a JSON value; `from_row` reads it back."""
        return {
            "request": self.request,
            "kind": self.kind,
            "reason": self.reason,
            "lines": lines_to_row(self.lines),
            "ship_to": None if self.ship_to is None else dict(self.ship_to),
            "total_minor": self.total_minor,
            "revision": self.revision,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> ChangeRequest:
        """The request that `to_row` wrote."""
        return cls(**{**row, "lines": lines_from_row(row["lines"])})
