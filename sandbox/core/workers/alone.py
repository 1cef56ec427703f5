"""The usual case: the core is one process, and everything is its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from sandbox.core.ports import Row

Answer = Callable[[Row], Awaitable[Any]]
Hear = Callable[[Row], None]


class Team(Protocol):
    """What the processes know of the other workers of the core.

    A *home* is an order, or a document that belongs to none: its partition says which worker it is with. Bodies and
    answers are JSON values.
    """

    @property
    def is_shared(self) -> bool:
        """Whether there may be other workers."""

    @property
    def leads(self) -> bool:
        """Whether this worker does the periodic jobs."""

    def is_ours(self, home: str) -> bool:
        """Whether this worker works on it now."""

    def answer(self, what: str, handle: Answer, *, flushes: bool = False) -> None:
        """Have other workers' questions of this kind answered; with `flushes` when they have heard all notes so far."""

    def hear(self, what: str, handle: Hear) -> None:
        """Have `handle` told other workers' notes of this kind."""

    async def ask(self, home: str, what: str, body: Row) -> Any:
        """The answer of the worker that has `home`, which may be this one. Raises WorkerAway."""

    async def ask_all(self, what: str, body: Row) -> list[Any]:
        """The answers of all others. Raises WorkerAway when one doesn't answer."""

    def tell(self, what: str, body: Row) -> None:
        """A note to all others, who hear it in order and once, while they and this worker live."""

    async def caught_up(self) -> None:
        """Wait until everything is heard that the others, those that answer, have told so far."""


class Alone:
    """The core is one worker."""

    is_shared = False
    leads = True

    def is_ours(self, home: str) -> bool:
        """Everything is."""
        return True

    def answer(self, what: str, handle: Answer, *, flushes: bool = False) -> None:
        """Nobody asks."""

    def hear(self, what: str, handle: Hear) -> None:
        """Nobody tells."""

    async def ask(self, home: str, what: str, body: Row) -> Any:
        """There is nobody to ask. Raises LookupError."""
        raise LookupError(f"{home} is with this worker: nobody else is there to be asked {what}")

    async def ask_all(self, what: str, body: Row) -> list[Any]:
        """Nobody answers."""
        return []

    def tell(self, what: str, body: Row) -> None:
        """Nobody hears."""

    async def caught_up(self) -> None:
        """Nobody has told anything."""
