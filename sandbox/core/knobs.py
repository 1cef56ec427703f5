"""Knobs: figures of a design that a sound core must be indifferent to, drawn at random within sane bounds.

Page sizes, intervals, windows and numbers of workers decide how quick a core is, never whether it is right; a run with
drawn knobs finds what holds by luck only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sandbox.core.design import Design
from sandbox.core.flows import NewsFlow
from sandbox.core.policies.cadence import After
from sandbox.core.ports import Draws

_SECOND, _MINUTE, _HOUR, _DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000


@dataclass(frozen=True, slots=True)
class Knob:
    """One figure: the design's part and field, and the values that may be drawn; of a flow, how often is asked."""

    part: str
    field: str
    values: Sequence[Any]

    @property
    def name(self) -> str:
        """`part.field`, as records tell it."""
        return f"{self.part}.{self.field.removesuffix('_us')}"


KNOBS: Final = (
    Knob("intake", "page_limit", (2, 5, 20, 100, 500)),
    Knob("intake", "poll_overlap_us", (10 * _MINUTE, 30 * _MINUTE, _HOUR)),
    Knob("intake", "dedupe_window_us", (_DAY, 3 * _DAY, 30 * _DAY)),
    Knob("intake", "subscriptions_every_us", (5 * _MINUTE, 15 * _MINUTE, _HOUR)),
    Knob("flows", "orders", (20 * _SECOND, _MINUTE, 5 * _MINUTE, 10 * _MINUTE)),
    Knob("flows", "credit", (5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE)),
    Knob("flows", "fulfilment", (_MINUTE, 5 * _MINUTE, 15 * _MINUTE)),
    Knob("workers", "orders_at_once", (1, 8, 50, 200)),
    Knob("workers", "partitions", (1, 3, 8, 32)),
    Knob("workers", "lease_us", (_MINUTE, 5 * _MINUTE)),
)


def drawn_knobs(draws: Draws) -> dict[str, Any]:
    """A value for each knob, by name, from the run's randomness."""
    return {knob.name: knob.values[int(draws.fraction("knob", knob.name) * len(knob.values))] for knob in KNOBS}


def with_knobs(design: Design, drawn: Mapping[str, Any]) -> Design:
    """The design with these figures; what it switches off stays off, and other patterns keep their times."""
    for knob in KNOBS:
        part = getattr(design, knob.part)
        before = getattr(part, knob.field)
        if knob.name not in drawn or before is None:
            continue
        value = drawn[knob.name]
        if isinstance(before, NewsFlow):
            value = replace(before, ask=After(value)) if isinstance(before.ask, After) else before
        design = replace(design, **{knob.part: replace(part, **{knob.field: value})})
    return design
