"""The figures that expectations may name: those that the oracle computes, with their units."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sandbox import durations
from sandbox.oracle.context import Context
from sandbox.oracle.figures import Figures, Outside, Traffic
from sandbox.oracle.oracle import Oracle
from sandbox.records.summary import Summary
from sandbox.runs.landscape import default_landscape

_TIMES_US = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "days": 86_400_000_000}
_NUMBER = re.compile(r"-?\d[\d,_]*(\.\d+)?")


@dataclass(frozen=True, slots=True)
class FigureName:
    """A figure as people name it, and the unit in which the record holds it."""

    name: str
    unit: str

    def value(self, summary: Summary) -> float | None:
        """What the run came to; None where there was nothing to measure."""
        return next((figure.value for figure in summary.figures if figure.name == self.name), None)

    def told(self, value: float) -> str:
        """The value as a person reads it."""
        if self.unit.endswith("minor units"):
            return f"{value / 100:,.2f} {self.unit.removesuffix('minor units')}".strip()
        number = f"{int(value):,}" if value == int(value) else f"{value:,.6g}"
        if self.unit == "%":
            return f"{number}%"
        counts_things = self.unit.endswith("s") and self.unit not in _TIMES_US
        return f"{number} {self.unit[:-1] if value == 1 and counts_things else self.unit}"

    def bound(self, text: str) -> float:
        """A number that somebody wrote, in the figure's unit. Raises ValueError, with the remedy as second argument."""
        if self.unit in _TIMES_US:
            try:
                return durations.parse(text) / _TIMES_US[self.unit]
            except ValueError as error:
                raise ValueError(f"{self.name} is a time: {error}", f"write {self.name} <= 26h") from None
        number = text.removesuffix("%").strip() if self.unit == "%" else text
        if _NUMBER.fullmatch(number) is None:
            example = "95%" if self.unit == "%" else "350"
            raise ValueError(f"{text!r} is no number for {self.name}", f"write {self.name} >= {example}")
        return float(number.replace(",", "").replace("_", ""))


@lru_cache(maxsize=1)
def figure_names() -> Mapping[str, FigureName]:
    """Every figure by name: what the oracle tells of a run in which nothing happened."""
    traffic = {system: Traffic(0, 0, 0) for system in default_landscape()}
    figures = Figures(Oracle(Context())).close(0, Outside(traffic, 0))
    return {figure.name: FigureName(figure.name, figure.unit) for figure in figures}
