"""What the desk's API takes and gives: the models of its published contract."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_systems.kit.fields import STRICT, Code
from mock_systems.kit.listing import ListQuery

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Traceparent = Annotated[str, Field(pattern="^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")]
State = Literal["open", "closed"]
Decision = Literal["approved", "rejected"]


class OpenException(BaseModel):
    """What went wrong, with what (`subject`), and why; `order` where it is about one.

    With `asks` a clerk of the desk decides whether to go on (`approved`) or not (`rejected`).
    """

    model_config = STRICT

    order: Code | None
    subject: Text
    cause: Text
    message: Text
    traceparent: Traceparent | None
    asks: bool = False


class CloseException(BaseModel):
    """What was done about it."""

    model_config = STRICT

    resolution: Text


class ExceptionTicket(BaseModel):
    """A ticket of the desk. Times in microseconds UTC since 1970."""

    model_config = ConfigDict(extra="forbid")

    exception: str
    order: str | None
    subject: str
    cause: str
    message: str
    state: State
    resolution: str | None
    opened_at_us: int
    closed_at_us: int | None
    asks: bool
    decision: Decision | None
    decided_by: str | None
    traceparent: str | None


class TicketQuery(ListQuery):
    """Tickets in one state, or all, in the order in which they were opened."""

    state: State | None = None


class TicketPage(BaseModel):
    """Tickets in the order in which they were opened."""

    model_config = ConfigDict(extra="forbid")

    items: list[ExceptionTicket]
    next_cursor: str | None
