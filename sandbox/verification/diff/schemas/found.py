"""What two schemas differ in, told without where they stand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.verification.diff.schemas.view import Schema
from sandbox.verification.documents.document import Node

if TYPE_CHECKING:
    from sandbox.verification.diff.schemas.overlapping import Overlap


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: a rule's name, what it says, and where. `below` is the property's name where it is about one."""

    rule: str
    text: str
    old: Node | None
    new: Node | None
    below: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """On to a pair of schemas inside; `textual` where values are written as text, as in parameters."""

    name: str
    old: Schema
    new: Schema
    textual: bool = False


@dataclass(slots=True)
class Found:
    """The differences of a pair of schemas, and the pairs inside that are to be compared.

    `overlaps` become differences, or do not, when what is inside is known.
    """

    differences: list[Difference] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def add(self, rule: str, text: str, old: Node | None, new: Node | None, below: str = "") -> None:
        """Note a difference."""
        self.differences.append(Difference(rule, text, old, new, below))


def shown(value: Any) -> str:
    """A value as people read it in a finding, cut where it is long."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    told = json.dumps(value, ensure_ascii=False, default=str)
    return told if len(told) <= 60 else f"{told[:57]}..."


def listed(values: list[Any]) -> str:
    """Several values, the first ten of them."""
    told = ", ".join(shown(value) for value in values[:10])
    return told if len(values) <= 10 else f"{told} and {len(values) - 10} more"


def same_value(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1, but 1.0 is."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return bool(one == other)


def common_values(values: list[Any], others: list[Any]) -> list[Any]:
    """The values that are among the others, too."""
    return [value for value in values if any(same_value(value, other) for other in others)]


def without(values: list[Any], others: list[Any]) -> list[Any]:
    """The values that are not among the others."""
    return [value for value in values if not any(same_value(value, other) for other in others)]
