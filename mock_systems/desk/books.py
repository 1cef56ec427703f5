"""The desk's books: tickets, in the order in which they were opened."""

from __future__ import annotations

from typing import Any


class Books:
    """All tickets. A ticket is shown as it stands here: replaced on each change, never changed."""

    def __init__(self) -> None:
        self.tickets: dict[str, dict[str, Any]] = {}
        self.opened: list[str] = []
