"""Real servers that a live stack may need, started in a folder of their own and stopped again."""

from sandbox.worlds.live.parts.nats import BrokerFailed, NatsServer
from sandbox.worlds.live.parts.postgres import DatabaseFailed, PostgresServer

__all__ = ["BrokerFailed", "DatabaseFailed", "NatsServer", "PostgresServer"]
