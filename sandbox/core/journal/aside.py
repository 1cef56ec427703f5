"""What cannot be read is put aside, so that the rest flows; when it comes readable after all, it is let go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sandbox.core.journal.dead_letters import DeadLetters
from sandbox.core.journal.exceptions import Exceptions
from sandbox.core.journal.journal import Journal
from sandbox.core.ports import Clock, Row, Transaction

UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError)


def name_of(body: Any) -> str | None:
    """The name of what a body is about: its first member, by the systems' habit; None where that is no name."""
    first = next(iter(body.values()), None) if isinstance(body, dict) else None
    return first if isinstance(first, str) else None


class Aside:
    """Dead letters with their exceptions. `source` says which system and list or webhook, `name` what it is about."""

    def __init__(self, journal: Journal, dead_letters: DeadLetters, exceptions: Exceptions, clock: Clock) -> None:
        self._journal = journal
        self._dead_letters = dead_letters
        self._exceptions = exceptions
        self._clock = clock
        self._names: dict[str, None] | None = None
        self.on_parked: Callable[[str], None] = lambda _: None

    async def park(
        self, source: str, message_id: str, message: dict[str, Any], name: str, error: Exception, order: str | None
    ) -> None:
        """Keep it as a dead letter, and surface it; the same one again changes little."""
        told = f"what {source} tells of {name} can't be read: {error!r}"

        async def write(tx: Transaction) -> None:
            await self._dead_letters.park(tx, source, message_id, message, repr(error), self._clock.now_us(), name)
            await self._exceptions.open(tx, name, _cause(order), told, order, None)

        await self._journal.run(write)
        (await self._known())[name] = None
        self.on_parked(name)

    def parked_elsewhere(self, name: str) -> None:
        """Another worker has put something of this name aside."""
        if self._names is not None:
            self._names[name] = None

    def may_hold(self, name: str | None) -> bool:
        """Whether an earlier copy of this one may have been put aside: then `readable` has to be told."""
        return name is not None and (self._names is None or name in self._names)

    async def readable(self, name: str | None) -> None:
        """This one has been read: where an earlier copy of it was put aside, that is over."""
        names = await self._known()
        if name is None or name not in names:
            return

        async def write(tx: Transaction) -> None:
            for row in await self._dead_letters.parked(tx):
                if row["name"] == name:
                    await self._dead_letters.settle(tx, row["letter"], "superseded")
            for cause in ("unreadable-message", "unreadable-order"):
                exception = await self._exceptions.find_open(tx, name, cause)
                if exception is not None:
                    await self._exceptions.close(tx, exception, "came readable later")

        await self._journal.run(write)
        names.pop(name, None)  # a copy that was read at the same time may have been first

    async def _known(self) -> dict[str, None]:
        if self._names is None:
            rows: list[Row] = list(await self._journal.run(self._dead_letters.parked))
            self._names = dict.fromkeys(row["name"] for row in rows)
        return self._names


def _cause(order: str | None) -> str:
    return "unreadable-message" if order is None else "unreadable-order"
