"""The figures that a business looks at first, as a grid of cards; all others in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.records.summary import FigureResult
from sandbox.reporting import wording

UNKNOWN = "unknown"
_TIMES_US = {"s": wording.SECOND_US, "min": wording.MINUTE_US, "h": wording.HOUR_US, "days": wording.DAY_US}


@dataclass(frozen=True, slots=True)
class Value:
    """A figure as it is shown: what it is called beside its neighbours, its value in words, and a unit beside it."""

    label: str
    told: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One figure with what belongs to it; or a spread, whose `values` stand side by side. `n` counts observations."""

    title: str
    values: tuple[Value, ...]
    about: str
    n: int | None = None
    notes: tuple[str, ...] = ()
    is_spread: bool = False


# Title of a card, the figure it shows, and the figures that stand below it with their words.
_SINGLES: Sequence[tuple[str, str, Sequence[tuple[str, str]]]] = (
    ("Orders accepted", "orders accepted", (("of {} offered", "orders offered"), ("{} refused", "orders refused"))),
    ("Perfect orders", "perfect order share", (("{} of them", "perfect orders"), ("{} cancelled", "orders cancelled"))),
    ("Exceptions", "exceptions", (("{} still open", "exceptions open"), ("oldest {}", "exception age max"))),
    ("Revenue", "revenue", (("{} captured from cards", "captured"), ("{} paid for labels", "label cost"))),
    ("Duplicates absorbed", "duplicates absorbed", ()),
    (
        "Calls per order",
        "calls per order",
        (("{} of them to the ERP; polls of the whole run, settling included", "calls per order to erp"),),
    ),
    (
        "Peak load on the ERP",
        "peak load on erp",
        (("at most {} under way at one moment, served or turned away", "peak in flight at erp"),),
    ),
    ("Labels bought", "labels bought", (("{} voided", "labels voided"),)),
)
_SPREADS: Sequence[tuple[str, str, Sequence[str]]] = (
    ("Order to ship", "order to ship", ("p50", "p95", "p99")),
    ("Order to cash", "order to cash", ("p50", "p95", "p99")),
    ("Invoice delay", "invoice delay", ("p50", "p95", "p99")),
    ("Inventory sync lag", "inventory sync lag", ("p50", "p95", "max")),
)


def told(figure: FigureResult) -> str:
    """A figure's value as a person reads it."""
    value, unit = figure.value, figure.unit
    if value is None:
        return UNKNOWN
    if unit in _TIMES_US:
        return wording.length(value * _TIMES_US[unit])
    if unit.endswith("minor units"):
        return wording.money(value, unit.removesuffix("minor units").strip())
    if unit == "%":
        return f"{value:g}%"
    return f"{wording.number(value)} {unit}" if "/" in unit else wording.number(value)


def cards(figures: Sequence[FigureResult]) -> list[Card]:
    """The grid; a figure that the record does not hold is told to be unknown."""
    by_name = {figure.name: figure for figure in figures}
    singles = [_single(title, name, below, by_name) for title, name, below in _SINGLES]
    return singles[:4] + [_spread(*spread, by_name) for spread in _SPREADS] + singles[4:]


def _single(title: str, name: str, below: Sequence[tuple[str, str]], by_name: Mapping[str, FigureResult]) -> Card:
    figure = by_name.get(name)
    if figure is None:
        return Card(title, (Value("", UNKNOWN),), "")
    notes = tuple(words.format(told(by_name[other])) for words, other in below if _is_known(by_name.get(other)))
    return Card(title, (_value(figure),), figure.about, figure.n, notes)


def _spread(title: str, name: str, quantiles: Sequence[str], by_name: Mapping[str, FigureResult]) -> Card:
    found = [by_name.get(f"{name} {quantile}") for quantile in quantiles]
    values = tuple(
        Value(quantile, told(figure) if figure is not None else UNKNOWN)
        for quantile, figure in zip(quantiles, found, strict=True)
    )
    first = found[0]
    return Card(title, values, first.about if first else "", (first.n or 0) if first else 0, is_spread=True)


def _value(figure: FigureResult) -> Value:
    """Money and rates keep their unit apart, so that the number may be large."""
    words = told(figure)
    is_apart = figure.value is not None and ("/" in figure.unit or figure.unit.endswith("minor units"))
    number, _, unit = words.partition(" ") if is_apart else (words, "", "")
    return Value("", number, unit)


def _is_known(figure: FigureResult | None) -> bool:
    return figure is not None and figure.value is not None
