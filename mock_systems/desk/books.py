"""The desk's books: tickets, in the order in which they were opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Books:
    """All tickets. A ticket is shown as it stands here: replaced on each change, never changed.

    `ask` hears of each ticket that asks for a decision.
    """

    def __init__(self) -> None:
        self.tickets: dict[str, dict[str, Any]] = {}
        self.opened: list[str] = []
        self.ask: Callable[[str], None] = _nobody_decides


def _nobody_decides(exception: str) -> None:
    """Before the office opens."""
