"""Faults of calls as people write them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from sandbox.faults.atoms import Atom, CallAtom
from sandbox.faults.moments import Duration, Length, Share
from sandbox.faults.written_parts import Poison, RetryAfterForm, Timed


class Outage(Timed):
    """The system refuses all connections: certainly no effect."""

    kind = "outage"
    window_required = True
    system: str

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        return CallAtom(id=name, kind=self.kind, system=self.system, window=self.window(span_us))


class _OfCalls(Timed):
    system: str
    operation: str | None = Field(None, description="one operation of the system; left out: all")
    order: str | None = Field(None, description="only calls about this order, such as W-000003")
    occurrence: int | None = Field(None, ge=1, description="only the n-th such call, counted from 1")
    share: Share | None = Field(None, description="only this share of the calls, such as 5%")

    def atom(self, name: str, span_us: int) -> Atom:
        """The atom that is meant, under the id `name`."""
        given = self.model_dump(include={"system", "operation", "order", "occurrence", "share"})
        return CallAtom(id=name, kind=self.kind, window=self.window(span_us), **given, **self.parameters())

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {}


class Slow(_OfCalls):
    """Calls take `factor` times as long, and `by` longer."""

    kind = "slow"
    factor: float = Field(1.0, ge=1)
    by: Length | None = None

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"factor": self.factor, "delay_us": self.by or 0}


class Error(_OfCalls):
    """The system answers with a 5xx; nothing was done."""

    kind = "error"
    status: int = Field(503, ge=500, le=599)
    retry_after: Duration | None = None
    retry_after_form: RetryAfterForm = "seconds"
    html: bool = Field(False, description="a proxy's page, in place of problem details")

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {
            "status": self.status,
            "retry_after_us": self.retry_after,
            "retry_after_form": self.retry_after_form,
            "html": self.html,
        }


class Throttle(_OfCalls):
    """The system answers 429, with or without Retry-After; nothing was done."""

    kind = "throttle"
    retry_after: Duration | None = None
    retry_after_form: RetryAfterForm = Field("seconds", description="5, 5.0, or a date as HTTP writes it")

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"retry_after_us": self.retry_after, "retry_after_form": self.retry_after_form}


class LostRequest(_OfCalls):
    """The request never arrives; with `reset` the caller learns at once that the connection broke."""

    kind = "lost_request"
    reset: bool = False

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"reset": self.reset}


class LostReply(LostRequest):
    """The effect happens and its reply is lost; with `reset` the caller learns at once that the connection broke."""

    kind = "lost_reply"


class LateCommit(LostRequest):
    """Nobody hears back, and the effect happens `by` later, when the caller has given up."""

    kind = "late_commit"
    by: Length

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"reset": self.reset, "delay_us": self.by}


class Malformed(_OfCalls):
    """The effect happens, and the answer is some proxy's broken page."""

    kind = "malformed"


class Partial(_OfCalls):
    """The effect happens, and the answer's JSON breaks off in the middle."""

    kind = "partial"


class DuplicateCall(_OfCalls):
    """The call is handled twice, by a proxy that repeats it; the second answer goes out."""

    kind = "duplicate_call"


class StaleRead(_OfCalls):
    """Reads are answered from a state that is up to `by` old."""

    kind = "stale_read"
    by: Length

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"delay_us": self.by}


class LateIndex(StaleRead):
    """Lists leave out rows whose latest change is less than `by` old, and their cursors pass them."""

    kind = "late_index"


class PageDrift(_OfCalls):
    """While a list is being paged its rows shift: one is skipped, or comes again."""

    kind = "page_drift"


class PoisonedRows(_OfCalls):
    """Rows of lists come spoiled: not to be read, with an item that nobody knows, or with an unknown status."""

    kind = "poisoned_rows"
    poison: Poison = "unreadable"

    def parameters(self) -> dict[str, Any]:
        """What the kind adds."""
        return {"poison": self.poison}
