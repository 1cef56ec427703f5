"""What the virtual world costs, in microseconds: a sleep, a remote call, a transaction; against SimPy and SQLite."""

import asyncio
import gc
import sqlite3
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import simpy

from mock_systems.kit.streams import Streams
from mock_systems.kit.wire import Answer, Reply, Request
from sandbox.core.ports import HttpRequest, Table
from sandbox.worlds.virtual.collector import resting
from sandbox.worlds.virtual.fingerprint import Fingerprint
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.network import Network
from sandbox.worlds.virtual.store import MemoryStore

_TIMES = 20_000
_TASKS = 50
_ORDERS = Table("orders", indexes=("state",))
_ROW = {"order": "W-000001", "state": "new", "version": 7, "currency": "GBP", "total_minor": 12_345, "updated_us": 1}
_BODY = {"sales_order": "SO-000001", "shipment": "OUT-LDS-000001", "lines": [{"line": 1, "sku": "A", "quantity": 3}]}


class _Trivial:
    """A system that takes 50 ms and does nothing."""

    name = "erp"

    def receive(self, request: Request, now_us: int) -> Answer:
        return Answer(Reply(200, {"ok": True}), 50_000)


def rows() -> list[dict[str, Any]]:
    """One row for each figure; `ratio` is ours / baseline."""
    with resting():
        measured = [
            ("asyncio.sleep on the virtual loop, against a SimPy timeout", _sleep(), _simpy_timeout()),
            (
                "remote call to a trivial system, against a bare SimPy process with a timeout race",
                _call(),
                _simpy_call(),
            ),
            ("transaction (2 gets, 2 puts) with its commit, against in-memory SQLite", _transaction(), _sqlite()),
        ]
    gc.collect()
    return [
        {"name": name, "unit": "us", "ours": round(ours, 2), "baseline": round(base, 2), "ratio": round(ours / base, 2)}
        for name, ours, base in measured
    ]


def _best(run: Callable[[], object]) -> float:
    """Microseconds a time, the best of three rounds."""
    rounds = []
    for _ in range(3):
        began = time.perf_counter()
        run()
        rounds.append(time.perf_counter() - began)
    return min(rounds) / _TIMES * 1e6


def _on_loop(loop: VirtualLoop, work: Callable[[int], Awaitable[None]]) -> float:
    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(_TASKS):
                group.create_task(work(_TIMES // _TASKS))  # type: ignore[arg-type]

    took = _best(lambda: loop.run_until_complete(main()))
    loop.close()
    return took


def _sleep() -> float:
    async def work(times: int) -> None:
        for n in range(times):
            await asyncio.sleep(0.001 * (1 + n % 7))

    return _on_loop(VirtualLoop(Kernel(0)), work)  # type: ignore[abstract]


def _call() -> float:
    kernel, fingerprint = Kernel(0), Fingerprint()
    loop = VirtualLoop(kernel, heard=fingerprint.add)  # type: ignore[abstract]
    erp = Network(kernel, [_Trivial()], Streams(1), heard=fingerprint.add).session(loop)["erp"]

    async def work(times: int) -> None:
        for _ in range(times):
            await erp.send(HttpRequest("POST", "/invoices", {}, {"idempotency-key": "k"}, _BODY))

    return _on_loop(loop, work)


def _transaction() -> float:
    kernel, keys = Kernel(0), map(str, count())
    loop = VirtualLoop(kernel)  # type: ignore[abstract]
    store = MemoryStore(kernel).session(loop)

    async def work(times: int) -> None:
        for _ in range(times):
            key = next(keys)
            async with store.transaction() as tx:
                for name in (key, "inbox-" + key):
                    await tx.get(_ORDERS, name)
                    await tx.put(_ORDERS, name, _ROW)

    return _on_loop(loop, work)


def _simpy_timeout() -> float:
    def run() -> None:
        env = simpy.Environment()

        def work() -> Any:
            for n in range(_TIMES // _TASKS):
                yield env.timeout(1000 * (1 + n % 7))

        for _ in range(_TASKS):
            env.process(work())
        env.run()

    return _best(run)


def _simpy_call() -> float:
    """One process a call, a Resource as server, a timeout race at the client."""

    def run() -> None:
        env = simpy.Environment()
        server = simpy.Resource(env, capacity=_TASKS)

        def serve() -> Any:
            yield env.timeout(12_000)
            with server.request() as slot:
                yield slot
                yield env.timeout(50_000)
            yield env.timeout(12_000)

        def work() -> Any:
            for _ in range(_TIMES // _TASKS):
                yield env.process(serve()) | env.timeout(10_000_000)

        for _ in range(_TASKS):
            env.process(work())
        env.run()

    return _best(run)


def _sqlite() -> float:
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("create table orders (key text primary key, row text)")
    keys = map(str, count())

    def run() -> None:
        for _ in range(_TIMES):
            key = next(keys)
            database.execute("begin")
            for name in (key, "inbox-" + key):
                database.execute("select row from orders where key = ?", (name,)).fetchone()
                database.execute("insert or replace into orders values (?, ?)", (name, "{}"))
            database.execute("commit")

    took = _best(run)
    database.close()
    return took


if __name__ == "__main__":
    for row in rows():
        print(f"{row['name']}: {row['ours']} us, baseline {row['baseline']} us, ratio {row['ratio']}")
