"""Runs that the determinism check is tried on, in interpreters of their own."""

import asyncio
import os
from typing import Any

from sandbox.worlds.virtual.fingerprint import Fingerprint
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop


def orderly(specification: Any, fingerprint: Fingerprint) -> None:
    """Tasks in sets: walked in the order of their addresses, each process would do it otherwise."""
    loop = VirtualLoop(Kernel(0), heard=fingerprint.add)

    async def one(n: int) -> int:
        await asyncio.sleep(n % 7)
        fingerprint.add(("one", n))
        return n

    async def main() -> None:
        print("what a run prints does no harm")  # noqa: T201
        for _ in range(specification["steps"] // 100):
            tasks = [asyncio.create_task(one(n)) for n in range(100)]
            done, pending = await asyncio.wait(tasks, timeout=3)
            fingerprint.add(tuple(task.result() for task in done))
            for task in pending:
                task.cancel()
                fingerprint.add(("cancelled", tasks.index(task)))

    loop.run_until_complete(main())
    loop.close()


def differs(specification: Any, fingerprint: Fingerprint) -> None:
    """One event depends on the hash seed."""
    for n in range(2 * 4096):
        fingerprint.add(("event", n, os.environ["PYTHONHASHSEED"] if n == specification["at"] else None))


def shorter(specification: Any, fingerprint: Fingerprint) -> None:
    """The number of events depends on the hash seed."""
    for n in range(9 + int(os.environ["PYTHONHASHSEED"])):
        fingerprint.add(("event", n))


def fails(specification: Any, fingerprint: Fingerprint) -> None:
    """Never ends well."""
    raise LookupError("no such order")
