"""What a system says, held to its type where it is read: a text in the place of an amount goes no further than here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def amount(wire: Mapping[str, Any], name: str) -> int:
    """An amount in minor units. Raises KeyError where it is missing, ValueError where it is no whole number."""
    value = wire[name]
    if value.__class__ is not int:
        raise ValueError(f"{name} is no amount: {value!r}")
    return int(value)


def truth(wire: Mapping[str, Any], name: str) -> bool:
    """A yes or no. Raises KeyError where it is missing, ValueError for anything else, as the text `false`."""
    value = wire[name]
    if value.__class__ is not bool:
        raise ValueError(f"{name} is neither true nor false: {value!r}")
    return bool(value)
