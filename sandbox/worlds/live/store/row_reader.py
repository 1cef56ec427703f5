"""Reads of single rows on PostgreSQL: what is asked for while a question is under way goes into the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from sandbox.core.ports import StoreUnavailable
from sandbox.worlds.live.store.connections import Connection
from sandbox.worlds.live.store.database import Place
from sandbox.worlds.live.store.postgres_sql import PostgresSql

Found = tuple[int, str] | None
Wanted = dict[Place, list["asyncio.Future[Found]"]]
_MOST: Final = 500


class RowReader:
    """Asks for many rows at once, on as many connections as it is given."""

    def __init__(self, connections: Sequence[Connection], sql: PostgresSql) -> None:
        self._free = list(connections)
        self._connections = tuple(connections)
        self._sql = sql
        self._wanted: Wanted = {}
        self._tasks: dict[asyncio.Task[None], None] = {}

    async def row(self, place: Place) -> Found:
        """Version and JSON of a committed row. Raises StoreUnavailable."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Found] = loop.create_future()
        self._wanted.setdefault(place, []).append(found)
        if self._free:
            task = loop.create_task(self._ask(self._free.pop()), name="store-reads")
            self._tasks[task] = None
            task.add_done_callback(self._tasks.pop)
        return await found

    async def close(self) -> None:
        """Close the connections, once nobody waits."""
        if self._tasks:
            await asyncio.wait(list(self._tasks))
        for connection in self._connections:
            await connection.close()

    async def _ask(self, connection: Connection) -> None:
        try:
            while self._wanted:
                wanted = self._take()
                try:
                    await self._answer(connection, wanted)
                finally:
                    _cancel(wanted)
        finally:
            self._free.append(connection)

    def _take(self) -> Wanted:
        if len(self._wanted) <= _MOST:
            wanted, self._wanted = self._wanted, {}
            return wanted
        return {place: self._wanted.pop(place) for place in list(self._wanted)[:_MOST]}

    async def _answer(self, connection: Connection, wanted: Wanted) -> None:
        keys: dict[str, list[str]] = {}
        for table, key in wanted:
            keys.setdefault(table, []).append(key)
        tables = tuple(sorted(keys))
        try:
            rows = await connection.fetch(self._sql.rows(tables), [keys[table] for table in tables])
        except StoreUnavailable as failure:
            for waiting in wanted.values():
                for one in waiting:
                    if not one.done():
                        one.set_exception(StoreUnavailable(*failure.args))
            return
        found = {(tables[n], key): (version, text) for n, key, version, text in rows}
        for place, waiting in wanted.items():
            for one in waiting:
                if not one.done():
                    one.set_result(found.get(place))


def _cancel(wanted: Wanted) -> None:
    """Whoever has not heard by now never will: the loop is being stopped."""
    for waiting in wanted.values():
        for one in waiting:
            one.cancel()
