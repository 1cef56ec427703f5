"""The core's database in the live world: `open_store(url)` opens an SqlStore on SQLite or PostgreSQL."""

from sandbox.worlds.live.store.opening import open_store
from sandbox.worlds.live.store.store import SqlStore

__all__ = ["SqlStore", "open_store"]
