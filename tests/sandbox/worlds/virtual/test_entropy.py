"""The guard against uncontrolled entropy, and the collector at rest."""

import asyncio
import datetime
import gc
import logging
import os
import random
import secrets
import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime as imported_datetime
from random import randint as imported_randint
from time import monotonic as imported_monotonic
from uuid import uuid4 as imported_uuid4

import pytest

from mock_systems.kit.streams import Streams
from sandbox.worlds.virtual import collector, entropy
from sandbox.worlds.virtual.errors import UncontrolledEntropy

SOURCES: dict[str, Callable[[], object]] = {
    "time.time": lambda: time.time(),
    "time.monotonic_ns": lambda: time.monotonic_ns(),
    "time.perf_counter": lambda: time.perf_counter(),
    "time.sleep": lambda: time.sleep(0),
    "time.gmtime": lambda: time.gmtime(),
    "time.monotonic": lambda: imported_monotonic(),
    "datetime.now": lambda: datetime.datetime.now(datetime.UTC),
    "datetime.utcnow": lambda: imported_datetime.utcnow(),  # noqa: DTZ003
    "date.today": lambda: datetime.date.today(),  # noqa: DTZ011
    "random.random": lambda: random.random(),
    "random.shuffle": lambda: random.shuffle([1, 2]),
    "random.randint": lambda: imported_randint(1, 2),
    "random.Random() without a seed": lambda: random.Random(),
    "random._urandom": lambda: random.SystemRandom().random(),
    "uuid.uuid1": lambda: uuid.uuid1(),
    "uuid.uuid4": lambda: imported_uuid4(),
    "os.urandom": lambda: os.urandom(4),
    "secrets": lambda: secrets.token_hex(),
    "secrets below": lambda: secrets.randbelow(9),
    "threading.Thread.start": lambda: threading.Thread(target=print).start(),
    "socket.socket": lambda: socket.socket(),
}


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_raises_with_its_call_site(source: str) -> None:
    with entropy.forbidden(), pytest.raises(UncontrolledEntropy, match=r"test_entropy\.py:\d+ in .*lambda"):
        SOURCES[source]()


def test_everything_is_as_it_was_afterwards() -> None:
    before = [dict(vars(m)) for m in (time, random, uuid, os, datetime, asyncio)] + [dict(globals())]
    methods = (random.Random.seed, threading.Thread.start, socket.socket.__init__)
    with pytest.raises(LookupError), entropy.forbidden():
        raise LookupError
    after = [dict(vars(m)) for m in (time, random, uuid, os, datetime, asyncio)] + [dict(globals())]
    assert after == before
    assert (random.Random.seed, threading.Thread.start, socket.socket.__init__) == methods
    assert time.time() > 0
    assert random.Random().random() < 1


def test_what_reads_no_clock_goes_on_working() -> None:
    with entropy.forbidden():
        assert Streams(1).of("pick", "o").random() == Streams(1).of("pick", "o").random()
        assert time.gmtime(0).tm_year == 1970
        made = datetime.datetime(2011, 11, 14, tzinfo=datetime.UTC)
        assert type(imported_datetime.fromtimestamp(0, datetime.UTC)) is type(made)
        assert isinstance(made, datetime.datetime)
        assert isinstance(made, datetime.date)
        assert issubclass(imported_datetime, datetime.date)
        assert made + datetime.timedelta(1) == imported_datetime.fromisoformat("2011-11-15T00:00+00:00")
        assert datetime.datetime.strptime("2011", "%Y").year == 2011  # noqa: DTZ007
        assert uuid.uuid5(uuid.NAMESPACE_DNS, "a").version == 5
        logging.getLogger("sandbox.test").warning("a log line carries a time, and that is all right")


def test_exempt_lets_listeners_through_and_keeps_the_shared_generator() -> None:
    state = random.getstate()
    with entropy.forbidden():
        with entropy.exempt(), entropy.exempt():
            assert time.time() > 0
            assert imported_randint(1, 1) == 1
            random.random()
        with pytest.raises(UncontrolledEntropy):
            time.time()
    assert random.getstate() == state


def test_other_threads_are_left_alone() -> None:
    seen: list[float] = []
    go, done = threading.Event(), threading.Event()

    def other() -> None:
        go.wait()
        seen.append(time.monotonic())
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with entropy.forbidden():
        go.set()
        with entropy.exempt():
            done.wait()
    thread.join()
    assert len(seen) == 1


def test_a_draw_by_a_way_around_is_found_at_the_end() -> None:
    hidden = {"draw": random.random}
    with pytest.raises(UncontrolledEntropy, match="shared generator"), entropy.forbidden():
        hidden["draw"]()


def test_as_completed_starts_coroutines_in_the_order_given() -> None:
    from sandbox.worlds.virtual.kernel import Kernel
    from sandbox.worlds.virtual.loop import VirtualLoop

    order: list[int] = []

    async def one(n: int) -> None:
        order.append(n)

    async def main() -> None:
        for done in asyncio.as_completed([one(n) for n in range(30)]):
            await done

    loop = VirtualLoop(Kernel(0))
    with entropy.forbidden():
        loop.run_until_complete(main())
    loop.close()
    assert order == list(range(30))


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_rests_and_is_restored(was_on: bool) -> None:
    on = gc.isenabled()
    try:
        gc.enable() if was_on else gc.disable()
        with collector.resting():
            assert not gc.isenabled()
            assert gc.get_freeze_count() > 0
        assert (gc.isenabled(), gc.get_freeze_count()) == (was_on, 0)
    finally:
        gc.enable() if on else gc.disable()
