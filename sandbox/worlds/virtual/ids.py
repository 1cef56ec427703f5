"""Identifiers that no two incarnations share."""

from __future__ import annotations

from itertools import count


class EpochIds:
    """The Ids port: `<prefix>-<epoch>-<n>`, counting from 1 in each incarnation."""

    def __init__(self, epoch: int) -> None:
        self._middle = f"-{epoch}-"
        self._numbers = count(1)

    def new(self, prefix: str) -> str:
        """A new id that starts with `prefix` and a hyphen."""
        return f"{prefix}{self._middle}{next(self._numbers)}"
