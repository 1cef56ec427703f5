"""Real servers that a live stack may need, started in a folder of their own and stopped again."""

from sandbox.worlds.live.parts.postgres import DatabaseFailed, PostgresServer

__all__ = ["DatabaseFailed", "PostgresServer"]
