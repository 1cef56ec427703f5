"""Whether a server answers, asked as its clients would: servers of a stack speak no HTTP."""

from __future__ import annotations

import asyncio

import asyncpg


async def database_answers(url: str, password: str) -> bool:
    """Whether a PostgreSQL lets its user in; while it starts or recovers it does not."""
    try:
        connection = await asyncpg.connect(url, password=password)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await connection.close()
    return True


async def broker_answers(port: int) -> bool:
    """Whether a NATS server on this machine greets; it does when its streams are there."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        return (await reader.read(5)).startswith(b"INFO ")
    except OSError:
        return False
    finally:
        writer.close()
