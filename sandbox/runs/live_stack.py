"""The servers of a live landscape with a full stack: PostgreSQL for the core's journal, NATS for its events.

With the light stack there are none: the core has SQLite and a bus inside its process.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from sandbox.errors import InputError, did_you_mean
from sandbox.runs.live_folder import LiveFolder
from sandbox.runs.live_settings import FULL, LIGHT
from sandbox.worlds.live import live_tokens
from sandbox.worlds.live.core.settings import BUS_TOKEN, BUS_URL, DATABASE_PASSWORD, STORE_URL
from sandbox.worlds.live.parts import NatsServer, PostgresServer, answering, nats, postgres
from sandbox.worlds.live.parts.server_process import MODULE, NATS, POSTGRES
from sandbox.worlds.live.supervisor import Part

# The servers' ports are the base and so many more, after those of the systems.
_POSTGRES_PLACE: Final = 6
_NATS_PLACE: Final = 7
_STOPS_WITHIN_S: Final = 20.0  # what is under way in a database has to reach the disk


@dataclass(frozen=True, slots=True)
class LiveServerPlan:
    """One server on loopback. `variable` has its password or token; `log` is its own, `process_log` its keeper's."""

    name: str
    url: str
    port: int
    variable: str
    folder: Path
    log: Path
    process_log: Path

    def told(self) -> dict[str, Any]:
        """What those who use it need to know; no secret is in it."""
        return {"server": self.name, "url": self.url, "secret": self.variable, "log": str(self.log)}

    def part(self, tokens: Mapping[str, str]) -> Part:
        """Its process."""
        return Part(
            name=self.name,
            command=(sys.executable, "-m", MODULE, self.name, str(self.folder), str(self.port)),
            environment=live_tokens.environment_with(tokens, [self.variable]),
            log=self.process_log,
            ready_url=self.url,
            stops_within_s=_STOPS_WITHIN_S,
            answers=self._answers(tokens[self.variable]),
        )

    def _answers(self, secret: str) -> Callable[[], Awaitable[bool]]:
        if self.name == POSTGRES:
            return partial(answering.database_answers, self.url, secret)
        return partial(answering.broker_answers, self.port)


def planned_servers(
    stack: str, port_base: int, folder: LiveFolder, environment: Mapping[str, str]
) -> tuple[LiveServerPlan, ...]:
    """The servers that a stack has. Raises InputError: no such stack, not installed, or the core is to use others."""
    if stack not in (LIGHT, FULL):
        raise InputError(f"there is no stack {stack!r}", field="--stack", remedy=did_you_mean(stack, (LIGHT, FULL)))
    if stack == LIGHT:
        return ()
    _check(environment)
    kept, port = folder.of(POSTGRES).absolute(), port_base + _POSTGRES_PLACE
    database = PostgresServer(kept, port)
    journal = LiveServerPlan(
        POSTGRES, database.url, port, DATABASE_PASSWORD, kept, database.log, folder.log_of(POSTGRES)
    )
    kept, port = folder.of(NATS).absolute(), port_base + _NATS_PLACE
    broker = NatsServer(kept, port)
    return journal, LiveServerPlan(NATS, broker.url, port, BUS_TOKEN, kept, broker.log, folder.log_of(NATS))


def _check(environment: Mapping[str, str]) -> None:
    for name in (STORE_URL, BUS_URL):
        if name in environment:
            remedy = f"unset it, or leave the stack {LIGHT}"
            raise InputError(f"{name} is set, and a full stack has its own servers", field="--stack", remedy=remedy)
    for installed in (postgres.installed_programs, nats.installed_program):
        try:
            installed()
        except InputError as error:
            raise InputError(error.message, field="--stack", remedy=error.remedy) from None
