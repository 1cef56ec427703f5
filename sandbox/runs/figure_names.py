"""The figures that expectations may name, where they stand in the record, and how a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sandbox import durations
from sandbox.runs.summary import Summary


class Unit(Enum):
    """What a figure counts."""

    COUNT = "count"
    TIME = "microseconds"
    SHARE = "fraction"


@dataclass(frozen=True, slots=True)
class FigureName:
    """`name` as people write it; `path` is where it stands in the record's figures."""

    name: str
    path: tuple[str, ...]
    unit: Unit

    def value(self, summary: Summary) -> float | None:
        """What the run came to; None where it was not measured."""
        node: Any = summary.figures
        for key in self.path:
            node = node.get(key) if isinstance(node, Mapping) else None
        return float(node) if isinstance(node, int | float) else None

    def told(self, value: float) -> str:
        """The value as a person reads it."""
        if self.unit is Unit.TIME:
            return durations.format(round(value / 1_000_000) * 1_000_000)
        if self.unit is Unit.SHARE:
            return f"{value * 100:.4g}%"
        return f"{value:,.6g}" if value != int(value) else f"{int(value):,}"


_COUNTS = (
    "orders placed",
    "orders accepted",
    "orders refused",
    "orders cancelled",
    "orders shipped",
    "orders invoiced",
    "exceptions",
    "duplicates absorbed",
    "calls per order",
)
_TIMES = ("order to ship", "order to cash", "invoice delay", "inventory sync lag", "exception age")
_SYSTEMS = ("commerce", "erp", "wms", "carrier", "desk")


def _all() -> Iterator[FigureName]:
    for name in _COUNTS:
        yield FigureName(name, (name.replace(" ", "_"),), Unit.COUNT)
    yield FigureName("perfect orders", ("perfect_orders", "share"), Unit.SHARE)
    for name in _TIMES:
        for quantile in ("p50", "p95", "p99"):
            yield FigureName(f"{name} {quantile}", (name.replace(" ", "_"), f"{quantile}_us"), Unit.TIME)
    for system in _SYSTEMS:
        yield FigureName(f"{system} calls per order", ("systems", system, "calls_per_order"), Unit.COUNT)
        yield FigureName(f"{system} peak load", ("systems", system, "peak_concurrency"), Unit.COUNT)


FIGURES: Mapping[str, FigureName] = {figure.name: figure for figure in _all()}
