"""What the WMS's API takes and gives about cycle counts. Quantities in eaches, times in microseconds UTC."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from mock_systems.kit.fields import STRICT, Name

CountState = Literal["recorded", "approved", "rejected"]
Difference = Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000, description="signed, in eaches")]


class CountApproval(BaseModel):
    """Body of approveCount: by how much the book is changed."""

    model_config = STRICT
    quantity: Difference


class CountRejection(BaseModel):
    """Body of rejectCount."""

    model_config = STRICT
    reason: Name


class Count(BaseModel):
    """A count of one item at one site: `book` held at the movement `as_of`, when the counter began.

    Moves after `as_of` are no difference. `approved` is the quantity by which the book was changed.
    """

    count: str
    site: str
    sku: str
    counted: int
    book: int
    as_of: int
    state: CountState
    approved: int | None
    recorded_at_us: int
    traceparent: str


class CountPage(BaseModel):
    """Counts by their latest change; `next_cursor` is where to go on, `has_more` whether to do so at once."""

    items: list[Count]
    next_cursor: str
    has_more: bool
