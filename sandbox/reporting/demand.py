"""How the demand of a run came about: what became of every line of its source, and what was derived from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.reporting.wording import money

_CATEGORIES = (
    ("taken", "Taken into the demand"),
    ("set_aside", "Set aside"),
    ("traits", "Noticed besides (a line may show several of these, or none)"),
)
_EXAMPLE_LENGTH = 110


@dataclass(frozen=True, slots=True)
class Row:
    """Lines of one kind; `value` in the currency, `example` with the number of its line in the source."""

    name: str
    meaning: str
    lines: int
    units: int
    value: str
    example: str


@dataclass(frozen=True, slots=True)
class Table:
    """A group of categories."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class DemandStory:
    """The account of a demand; `source` is empty where the record does not say."""

    source: str
    currency: str
    rows: int
    orders_seen: int
    orders: int
    lines_taken: int
    tables: tuple[Table, ...]
    derived: tuple[str, ...]
    attribution: str


def demand_story(demand: Mapping[str, Any]) -> DemandStory:
    """The account that a record holds, as tables."""
    found = ((title, demand.get(key) or ()) for key, title in _CATEGORIES)
    told = [*demand.get("derived", ()), *demand.get("derivation", ())]
    return DemandStory(
        str(demand.get("source", "")),
        str(demand.get("currency", "")),
        demand.get("rows", 0),
        demand.get("orders_seen", 0),
        demand.get("orders", 0),
        sum(tally["lines"] for tally in demand.get("taken", ())),
        tuple(Table(title, tuple(map(_row, tallies))) for title, tallies in found if tallies),
        tuple(dict.fromkeys(map(str, told))),
        str(demand.get("attribution") or ""),
    )


def _row(tally: Mapping[str, Any]) -> Row:
    return Row(
        str(tally["name"]).replace("_", " "),
        tally["meaning"],
        tally["lines"],
        tally["units"],
        money(tally["value_minor"], ""),
        _example(tally.get("examples") or ()),
    )


def _example(examples: Sequence[Mapping[str, Any]]) -> str:
    if not examples:
        return ""
    text = str(examples[0]["text"])
    shown = text if len(text) <= _EXAMPLE_LENGTH else f"{text[:_EXAMPLE_LENGTH]}…"
    return f"{examples[0]['line']:,}: {shown}"
