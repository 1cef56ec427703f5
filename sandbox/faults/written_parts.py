"""What all written faults stand on: strict keys, and when they are on."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults.atoms import Window
from sandbox.faults.moments import Length, Moment

RetryAfterForm = Literal["seconds", "float", "date"]
Poison = Literal["unreadable", "unknown_item", "unknown_status"]


class Written(BaseModel):
    """A part of a file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Timed(Written):
    """When: `at` and `for`, or `from` and `to`; neither: as long as there is demand."""

    kind: ClassVar[str]
    window_required: ClassVar[bool] = False

    at: Moment | None = Field(None, description="when it begins, since the start of the run")
    for_: Length | None = Field(None, alias="for", description="how long it lasts")
    from_: Moment | None = Field(None, alias="from", description="when it begins, since the start of the run")
    to: Moment | None = Field(None, description="when it ends, since the start of the run")

    def window(self, span_us: int) -> Window:
        """The time that is meant; `span_us` is how long there is demand."""
        if self.at is not None and self.for_ is not None:
            return Window(self.at, self.at + self.for_)
        if self.from_ is not None and self.to is not None:
            return Window(self.from_, self.to)
        return Window(0, span_us)
