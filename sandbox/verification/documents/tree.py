"""A document as plain values, and the line of every key and entry beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Lines = dict[int, dict[str | int, int]]


@dataclass(frozen=True, slots=True)
class Tree:
    """`value` holds dicts with string keys, lists and scalars; `lines` has each entry's line by its container's id."""

    value: Any
    lines: Lines = field(default_factory=dict)


DEEPEST = 400
