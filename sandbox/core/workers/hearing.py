"""Hearing what other workers tell: each in order, and nothing from one of which something is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.core.ports import Row
from sandbox.core.workers.alone import Hear


class Hearing:
    """`whole` hears how things stand with a worker, `handlers` its notes by kind."""

    def __init__(self, whole: Callable[[Row], None], handlers: Mapping[str, Hear]) -> None:
        self._whole = whole
        self._handlers = handlers
        self._last: dict[str, tuple[str, int]] = {}

    def take(self, message: Row) -> Row:
        """Hear one message; the answer says whether it could be, or has to be told from the beginning."""
        name, life, number = message["from"], message["life"], message["number"]
        if number == 0:
            self._whole(message["whole"])
        elif self._last.get(name) != (life, number - 1):
            self._last.pop(name, None)
            return {"heard": False}
        self._last[name] = (life, number)
        for what, body in message["notes"]:
            handler = self._handlers.get(what)
            if handler is not None:
                handler(body)
        return {"heard": True}
