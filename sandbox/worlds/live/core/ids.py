"""Identifiers that no two core processes share."""

from __future__ import annotations

import secrets
from itertools import count


class ProcessIds:
    """The Ids port: `<prefix>-<process>-<n>`; the process is 48 random bits, drawn when it starts."""

    def __init__(self) -> None:
        self._middle = f"-{secrets.token_hex(6)}-"
        self._numbers = count(1)

    def new(self, prefix: str) -> str:
        """A new id that starts with `prefix` and a hyphen."""
        return f"{prefix}{self._middle}{next(self._numbers)}"
