"""How a step says that it can't go on now."""

from __future__ import annotations


class Wait(Exception):
    """Come back at `due_at_us`. `settled` is false where it is not the normal course that makes us wait."""

    def __init__(self, due_at_us: int, *, settled: bool = True) -> None:
        super().__init__(due_at_us)
        self.due_at_us, self.settled = due_at_us, settled


class Stuck(Exception):
    """A person is needed: surface an exception with this cause, and look again at `due_at_us` (None: when replayed).

    One that `asks` waits for a decision of the desk.
    """

    def __init__(self, cause: str, message: str, due_at_us: int | None = None, *, asks: bool = False) -> None:
        super().__init__(cause, message)
        self.cause, self.message, self.due_at_us, self.asks = cause, message, due_at_us, asks
