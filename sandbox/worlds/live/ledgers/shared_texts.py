"""One object for texts that are the same: an order's number stands in forty facts, a key in thousands."""

from __future__ import annotations

from sys import intern
from typing import Any


def with_shared_texts(value: Any) -> Any:
    """JSON, made again with each text kept once for as long as anybody keeps it: judges keep much of what they read."""
    if isinstance(value, str):
        return intern(value)
    if isinstance(value, dict):
        return {intern(key): with_shared_texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_shared_texts(item) for item in value]
    return value
