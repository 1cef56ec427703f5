"""Opening the database of a core's journal, with its failures in the words of whoever started the core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sandbox.core.ports import StoreUnavailable
from sandbox.errors import InputError
from sandbox.worlds.live.store import SqlStore, open_store


@asynccontextmanager
async def journal_store(url: str) -> AsyncIterator[SqlStore]:
    """The database at `url`, let go when the block ends. Raises InputError where it can't be had."""
    try:
        store = await open_store(url)
    except StoreUnavailable as error:
        raise InputError(f"the database does not answer: {error}", field="store", remedy="start it first") from None
    except ValueError as error:
        raise InputError(str(error), field="store") from None
    try:
        yield store
    finally:
        await store.close()
