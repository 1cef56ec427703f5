"""Decisions: what clerks of the desk say to the exceptions that asked them; by webhook, and by asking for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.model.errand import Errand
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Row
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused

_POLL_EVERY_US = 900_000_000
Decided = Callable[[Row], Awaitable[None]]


class Decisions:
    """Brings each decision to the process that asked, by the exception's cause.

    The process carries the decision out, in steps that can be repeated, and closes the exception: until then it hears
    of the decision again.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = parts.systems.desk
        self._journal = parts.records.journal
        self._exceptions = parts.records.exceptions
        self._deciding: dict[str, Decided] = {}
        self._decided = asyncio.Event()
        self._team = parts.team
        self._team.hear("decided", lambda _: self._decided.set())

    def bring(self, cause: str, decided: Decided) -> None:
        """Decisions on exceptions of this cause go to `decided`, with the exception's row."""
        self._deciding[cause] = decided

    async def hear(self, message_id: str, data: Mapping[str, Any]) -> None:
        """The desk tells of a decision; when this returns it is kept. Raises KeyError for what can't be read."""
        await self._keep(data["exception"], data["decision"], data["decided_by"])

    async def run(self) -> None:
        """Carry decisions out, and ask the desk for those that are waited for, until cancelled."""
        while True:
            try:
                for row in await self._journal.run(self._exceptions.asking):
                    await self._see_to(row)
            except (SystemUnavailable, SystemRefused) as error:
                self._parts.ports.observer.note("poll.failed", "desk", cause=str(error))
            try:
                async with asyncio.timeout(_POLL_EVERY_US / 1_000_000):
                    await self._decided.wait()
            except TimeoutError:
                pass
            self._decided.clear()

    async def _see_to(self, row: Row) -> None:
        if row["decision"] is None and row["told"] == "open":
            decision, by = await self._desk.decision_on(row["exception"], Errand(row["subject"]))
            if decision is not None:
                row = await self._keep(row["exception"], decision, by) or row
        decided = self._deciding.get(row["cause"])
        if row["decision"] is not None and decided is not None:
            try:
                await decided(row)
            except (SystemUnavailable, SystemRefused) as error:
                self._parts.ports.observer.note("decision.delayed", row["subject"], cause=str(error))

    async def _keep(self, exception: str, decision: str, by: str | None) -> Row | None:
        row = await self._journal.run(lambda tx: self._exceptions.decide(tx, exception, decision, by or ""))
        if row is not None:
            self._decided.set()
            self._team.tell("decided", {"exception": exception})
        return row
