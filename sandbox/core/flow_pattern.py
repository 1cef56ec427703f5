"""A flow's pattern as a person writes it: `event`, `{event: {...}}`, `{batch: {every: 15m}}`; exactly one of them."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

from sandbox.core.design_words import Block, Duration, TimeOfDay
from sandbox.core.flows import Pattern
from sandbox.core.policies.cadence import Cadence, Daily, Every

_WORKING: Final[tuple[Pattern, ...]] = ("api", "event", "batch")
_PATTERNS: Final = (*_WORKING, "file")


class Plain(Block):
    """A pattern without settings."""


class Batch(Block):
    """Collected, and done in the next run: every so often, or once a day."""

    every: Duration | None = Field(None, description="runs lie on whole multiples since midnight, UTC")
    at: TimeOfDay | None = Field(None, description="one run a day, at this time of the zone")
    zone: str = Field("UTC", description="where it is that time, such as Europe/Berlin")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.every is None) == (self.at is None):
            raise ValueError('a batch needs one of both: every, like 15m, or at, like "02:00"')
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{self.zone!r} is no time zone: write one like Europe/Berlin") from None
        return self

    def cadence(self) -> Cadence:
        """When the runs are."""
        if self.at is not None:
            return Daily(self.at, self.zone)
        assert self.every is not None
        return Every(self.every)


class FlowBlock(Block):
    """One flow: exactly one pattern. `refused` tells why the others make no sense for it."""

    refused: ClassVar[dict[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        written = {value: {}} if isinstance(value, str) else value
        if not isinstance(written, dict):
            return written
        known = [name for name in _PATTERNS if name in cls.model_fields]
        for pattern in written:
            if pattern in _PATTERNS and pattern not in known:
                remedy = {"remedy": f"write {' or '.join(known)}"}
                told = f"this flow does not go by {pattern}: {cls.refused.get(pattern, 'nobody offers it so')}"
                raise PydanticCustomError("pattern", "{told}", {**remedy, "told": told})
        if len(written) != 1 and all(pattern in known for pattern in written):
            raise ValueError(f"a flow has one pattern: {' or '.join(known)}")
        if value == "batch" and value in known:
            raise ValueError("a batch needs to know when: {batch: {every: 15m}}")
        if isinstance(value, str) and value not in known:
            raise ValueError(f"{value!r} is no pattern: write {' or '.join(known)}")
        return written

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        shape = handler.resolve_ref_schema(handler(schema))
        names = [name for name in cls.model_fields if name != "batch"]
        shape["maxProperties"] = shape["minProperties"] = 1
        title, about = shape.pop("title"), shape.pop("description")
        whole = {"title": title, "description": about, "anyOf": [{"enum": names}, dict(shape)]}
        shape.clear()
        shape.update(whole)
        return shape

    @property
    def pattern(self) -> Pattern:
        """What the file calls it."""
        return next(name for name in _WORKING if getattr(self, name, None) is not None)


class BatchableBlock(FlowBlock):
    """A flow that can be collected and done in runs."""

    batch: Batch | None = None

    def when(self, otherwise: Cadence) -> Cadence:
        """When the work is done: in the batch's runs, or else as the other patterns do it."""
        return otherwise if self.batch is None else self.batch.cadence()
